import neostandard from 'neostandard'

export default neostandard({ ts: true, ignores: ['dist', 'public/htmx.min.js', '.tap', 'example/data', 'test/bench/built'] })
