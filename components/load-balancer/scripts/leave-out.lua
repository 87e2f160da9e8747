-- Carries out what outliers.lua decides: counts each server's requests, and gives it none, a few, or its share.

-- Seconds between two looks: how long a server that fails at once goes on doing so, and what that costs in CPU.
local LOOK = 0.25
-- The sets of servers that are looked at, each by itself: one for each service.
local SETS = "^servers"
-- Shares as weights; `FULL` is what the configuration says (settings.ts).
local FULL, FEW, NONE = ..., "1", "0"
local WEIGHTS = { ["in"] = FULL, trial = FEW, out = NONE }

-- HAProxy's names for what is counted.
local FIELDS = {
  given = { "stot" },
  answered = { "hrsp_1xx", "hrsp_2xx", "hrsp_3xx", "hrsp_4xx", "hrsp_5xx", "hrsp_other", "eresp" },
  failed = { "hrsp_5xx", "eresp" },
}

-- By set and slot: address, state, and the counts at each look of the last minute.
local known_of = {}

-- By set: addresses that are left out or on trial, for servers.lua.
left_out = {}

local function seconds()
  local now = core.now()
  return now.sec + now.usec / 1e6
end

local function counted(stats)
  local counts = {}
  for name, fields in pairs(FIELDS) do
    counts[name] = 0
    for _, field in ipairs(fields) do counts[name] = counts[name] + (tonumber(stats[field]) or 0) end
  end
  return counts
end

local function difference(now, before)
  local result = {}
  for name in pairs(FIELDS) do result[name] = now[name] - before[name] end
  return result
end

-- Requests of a server that have waited for outliers.HANGS seconds: never were fewer under way in that time. Under
-- way are those of the longest span without an answer, and no more than it has open: a WebSocket is answered and
-- open, one that its client has given up is neither.
local function hung(history, open, long)
  history[1].waiting = math.min(open, math.max(0, long.given - long.answered))
  local looks, least = outliers.HANGS / LOOK, math.huge
  if #history <= looks then return 0 end
  for index = 1, looks + 1 do least = math.min(least, history[index].waiting) end
  return least
end

local function weigh(slot, server, state)
  if slot.weight ~= WEIGHTS[state] then
    server:set_weight(WEIGHTS[state])
    slot.weight = WEIGHTS[state]
  end
end

local function look(set, backend)
  known_of[set] = known_of[set] or {}
  local known, now, servers, up = known_of[set], seconds(), {}, {}
  local most = outliers.SPANS[#outliers.SPANS] / LOOK
  for name, server in pairs(backend.servers) do
    local stats = server:get_stats()
    local slot = known[name]
    -- A slot may have another pod by now, which is judged by what it does itself.
    if slot and slot.address ~= stats.addr then
      weigh(slot, server, "in")
      known[name], slot = nil, nil
    end
    local status = string.sub(stats.status, 1, 2)
    if stats.addr and stats.addr ~= "" and (status == "UP" or status == "DR") then
      if not slot then
        slot = { address = stats.addr, state = "in", at = now, times = 0, weight = FULL, history = {} }
        known[name] = slot
      end
      local counts, history = counted(stats), slot.history
      table.insert(history, 1, counts)
      history[most + 2] = nil
      local spans = {}
      for index, span in ipairs(outliers.SPANS) do
        spans[index] = difference(counts, history[math.min(#history, span / LOOK + 1)])
      end
      if slot.state == "trial" and not slot.base then slot.base = counts end
      servers[#servers + 1] = {
        id = name, state = slot.state, at = slot.at, times = slot.times, till = slot.till, spans = spans,
        hung = hung(history, tonumber(stats.scur) or 0, spans[#spans]),
        since = slot.base and difference(counts, slot.base),
      }
      up[name] = server
    elseif slot then
      -- Whoever fails its check is left out for that, and begins anew afterwards.
      weigh(slot, server, "in")
      known[name] = nil
    end
  end
  for name, change in pairs(outliers.decide(servers, now)) do
    local slot = known[name]
    if slot.state ~= change.state then
      local pause = string.format("fails far more than the others and gets no requests for %d s", (change.till or now) - now)
      local says = { ["in"] = "gets its share again", trial = "gets a few requests on trial", out = pause }
      local called = set == "servers" and name or set .. "/" .. name
      core.log(core.notice, string.format("server %s %s: %s", called, slot.address, says[change.state]))
      -- What it did before its state changed is not held against it.
      slot.history, slot.base = {}, nil
    end
    slot.state, slot.at, slot.times, slot.till = change.state, change.at, change.times, change.till
    weigh(slot, up[name], change.state)
  end
  left_out[set] = {}
  for _, slot in pairs(known) do left_out[set][slot.address] = slot.state ~= "in" end
end

core.register_task(function()
  while true do
    for set, backend in pairs(core.backends) do
      if string.find(set, SETS) then
        local fine, why = pcall(look, set, backend)
        if not fine then core.log(core.warning, "leave-out.lua: " .. tostring(why)) end
      end
    end
    core.msleep(1000 * LOOK)
  end
end)
