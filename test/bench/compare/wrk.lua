-- Requests with each of many cookies in turn, and a summary as one line of JSON.
-- Arguments: the path, the User-Agent, and the file with one Cookie header a line; no file, no cookie.
local requests = {}
local count = 0
local index = 0

function init(args)
  if args[3] then
    for line in io.lines(args[3]) do
      count = count + 1
      requests[count] = wrk.format("GET", args[1], { ["User-Agent"] = args[2], ["Cookie"] = line })
    end
  else
    count = 1
    requests[1] = wrk.format("GET", args[1], { ["User-Agent"] = args[2] })
  end
end

function request()
  index = index % count + 1
  return requests[index]
end

-- errors.status counts the answers above 399, the ones that are not signed in.
function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '\nwrk {"requests":%d,"microseconds":%d,"median":%d,"refused":%d,"broken":%d}\n',
    summary.requests, summary.duration, latency:percentile(50), errors.status, errors.connect + errors.read + errors.write + errors.timeout))
end
