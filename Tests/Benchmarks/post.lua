-- wrk's script: POSTs the given files in turn and prints the outcome as one line of JSON, latencies in microseconds.
-- wrk -s post.lua URL -- CONTENT-TYPE FILE...

local requests, turn = {}, 0

function init(arguments)
  local headers = { ["Content-Type"] = arguments[1] }
  for index = 2, #arguments do
    local file = assert(io.open(arguments[index], "rb"))
    requests[#requests + 1] = wrk.format("POST", nil, headers, file:read("*a"))
    file:close()
  end
end

function request()
  turn = turn % #requests + 1
  return requests[turn]
end

function done(summary, latency)
  local errors = summary.errors
  print(string.format(
    '{"requests": %d, "microseconds": %d, "p50": %d, "p99": %d, "refused": %d, "broken": %d, "late": %d}',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99), errors.status,
    errors.connect + errors.read + errors.write, errors.timeout))
end
