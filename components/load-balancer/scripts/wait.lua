-- Lets a request wait for a moment where no server passes its check, instead of answering 503 at once: pods that were
-- all deleted are replaced in seconds.

-- Seconds that one request waits at most, and seconds after the last server's end in which any does: whoever is away
-- for longer is away, and clients should hear so at once.
local LONGEST, HOPE = 5, 15
-- Seconds until the reserve is believed. Its checks need so long to notice that pods have vanished without a word,
-- and a request that has only waited for connections in vain is closed without an answer (haproxy/haproxy#2375).
local SETTLE = 1.5
-- Seconds between two looks.
local LOOK = 0.1

-- By set of servers: since when none passes; nil while one does.
local empty = {}

local function seconds()
  local now = core.now()
  return now.sec + now.usec / 1e6
end

local function passing(set) return core.backends[set]:get_srv_act() end

core.register_task(function()
  while true do
    for set in pairs(core.backends) do
      if string.find(set, "^servers") then empty[set] = passing(set) == 0 and (empty[set] or seconds()) or nil end
    end
    core.msleep(1000 * LOOK)
  end
end)

core.register_action("wait_for_server", { "http-req" }, function(txn)
  -- Where there are several services, the request's is known by now.
  local service, began = txn:get_var("txn.service"), seconds()
  local suffix = service and "-" .. service or ""
  local servers, reserve = "servers" .. suffix, "reserve" .. suffix
  while passing(servers) == 0 do
    local now = seconds()
    local since = now - (empty[servers] or began)
    if since >= SETTLE and passing(reserve) > 0 then return end
    if since >= HOPE or now - began >= LONGEST then return end
    core.msleep(1000 * LOOK)
  end
end)
