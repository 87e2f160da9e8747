-- Metrics of each server by its address. HAProxy's own exporter names servers by slot, and tells neither whose pod is in one
-- nor when another has taken it.

-- Answers of a server that are counted together, by HAProxy's names for them; `eresp` are answers that never came or broke off.
local OUTCOMES = {
  ok = { "hrsp_1xx", "hrsp_2xx", "hrsp_3xx", "hrsp_4xx", "hrsp_other" },
  failed = { "hrsp_5xx", "eresp" },
}

local ANSWERS = "holdfast_server_answers_total"
local SECONDS = "holdfast_server_answer_seconds"
local LEFT_OUT = "holdfast_server_left_out"

local function series(name, labels, value)
  return string.format("%s{%s} %s", name, labels, value)
end

core.register_service("servers", "http", function(applet)
  local answers, seconds, lefts = {}, {}, {}
  for proxy, backend in pairs(core.backends) do
    for _, server in pairs(backend.servers) do
      local stats = server:get_stats()
      -- A slot that is empty has no address.
      local address = string.match(stats.addr or "", "^%[?([%x.:]+)%]?:%d+$")
      if address and string.sub(stats.status, 1, 5) ~= "MAINT" then
        -- The port keeps servers of one address apart.
        local who = string.format('proxy="%s",server="%s",pod_ip="%s"', proxy, stats.addr, address)
        -- Where there are several services, the sets of servers are called after them.
        local set, service = string.match(proxy, "^(%l+)%-(.+)$")
        if service then who = who .. string.format(',service="%s"', service) end
        for outcome, fields in pairs(OUTCOMES) do
          local count = 0
          for _, field in ipairs(fields) do count = count + (tonumber(stats[field]) or 0) end
          answers[#answers + 1] = series(ANSWERS, who .. string.format(',outcome="%s"', outcome), count)
        end
        if (set or proxy) == "servers" then
          local left = left_out[proxy] or {}
          lefts[#lefts + 1] = series(LEFT_OUT, who, left[stats.addr] and 1 or 0)
        end
        seconds[#seconds + 1] = series(SECONDS, who, (tonumber(stats.rtime) or 0) / 1000)
      end
    end
  end
  local text = table.concat({
    "# TYPE " .. ANSWERS .. " counter", table.concat(answers, "\n"),
    "# TYPE " .. SECONDS .. " gauge", table.concat(seconds, "\n"),
    "# TYPE " .. LEFT_OUT .. " gauge", table.concat(lefts, "\n"), "",
  }, "\n")
  applet:set_status(200)
  applet:add_header("content-type", "text/plain; version=0.0.4")
  applet:add_header("content-length", tostring(#text))
  applet:start_response()
  applet:send(text)
end)
