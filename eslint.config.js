import neostandard from 'neostandard'

export default neostandard({ ts: true, ignores: ['dist', 'public/htmx.esm.min.js', '.tap', 'example/data', 'test/bench/built'] })
