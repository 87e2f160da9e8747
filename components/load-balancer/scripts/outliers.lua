-- Decides which servers are left out for a while: those that fail far more of their requests than the others do.
-- Pure, so that a table of cases can judge it.

outliers = {}

-- Spans that are looked at, in seconds: the short one sees many failures at once, the long one a few that go on. A
-- server that hangs gets few requests from `leastconn`, and needs the long one.
outliers.SPANS = { 10, 60 }
-- A request that has waited for its answer for so many seconds counts as a failure. Shorter would take a program that
-- cleans up its memory, or waits for a CPU, for one that hangs.
outliers.HANGS = 3
-- Fewer failures than this in a span prove nothing.
local LEAST_BAD = 5
-- Nor do they where the others had fewer requests than this to be compared with.
local LEAST_OTHERS = 10
-- Share of a server's requests that fail, and how many times the others' share that has to be, as the alerts have
-- them: where all fail alike, a dependency is away, and the server is not the reason.
local share_given, times_given, first_given = ...
local SHARE, TIMES = tonumber(share_given), tonumber(times_given)
-- At most one of so many servers is left out at once, so that the others can carry the load.
local ONE_OF = 3
-- Seconds without requests: the first time, and at most; each time in a row is twice as long as the one before.
local FIRST_OUT, LONGEST_OUT = tonumber(first_given), 300
-- Then it gets a few requests (one of a hundred that it would get). So many of them without a failure, or so many
-- seconds without one, prove that it is well again; a single failure proves that it isn't.
local TRIAL_GOOD, LONGEST_TRIAL = 10, 60
-- A server that was good for so long afterwards is as good as new.
local FORGET = 600

local function all(span) return math.max(span.given, span.answered) end
local function share(span, hung) return all(span) > 0 and math.min(1, (span.failed + hung) / all(span)) or 0 end

-- The share of a span that fails at several servers together, and how many requests that were.
local function together(servers, index)
  local sum, hung = { given = 0, answered = 0, failed = 0 }, 0
  for _, server in ipairs(servers) do
    for key in pairs(sum) do sum[key] = sum[key] + server.spans[index][key] end
    hung = hung + server.hung
  end
  return share(sum, hung), all(sum)
end

-- The share that fails where a server fails far more than the others, or nil.
local function worse(server, others)
  local found
  for index, span in ipairs(server.spans) do
    local mine, theirs, requests = share(span, server.hung), together(others, index)
    local enough = span.failed + server.hung >= LEAST_BAD and requests >= LEAST_OTHERS
    if enough and mine > SHARE and mine > TIMES * theirs then
      found = math.max(found or 0, mine)
    end
  end
  return found
end

-- How a server in its trial has done: true, false, or nil for not known yet. `since` is what came since the trial
-- began.
local function trial(server, others, now)
  local since, long = server.since, now - server.at >= LONGEST_TRIAL
  if since.failed + server.hung > 0 and share(since, server.hung) > TIMES * together(others, 1) then return false end
  if long or since.answered >= TRIAL_GOOD and since.failed == 0 then return true end
end

local function out(server, now)
  local times = (server.times or 0) + 1
  return { state = "out", at = now, times = times, till = now + math.min(LONGEST_OUT, FIRST_OUT * 2 ^ (times - 1)) }
end

-- decide(servers, now): what changes, by id: { state, at, times, till }. `servers` are those that pass their check:
--   id, state ("in", "out" or "trial"), at (when that began), times (how often left out in a row), till (of "out")
--   spans: for each of SPANS the requests it was given, those it answered, and the failures among the answers
--   hung: how many requests have waited for their answer for HANGS seconds
--   since: the same since `at`, of one in its trial
function outliers.decide(servers, now)
  local changes, good, left = {}, {}, 0
  for _, server in ipairs(servers) do
    if server.state == "in" then good[#good + 1] = server else left = left + 1 end
  end
  if #good == 0 then
    -- Nobody else is there: the worst server is better than none.
    for _, server in ipairs(servers) do changes[server.id] = { state = "in", at = now, times = server.times } end
    return changes
  end
  local most = math.max(1, math.floor(#servers / ONE_OF))
  -- The worst first. Those that may be left out beside a server are not what it is compared with.
  table.sort(good, function(a, b)
    local one, other = share(a.spans[1], a.hung), share(b.spans[1], b.hung)
    if one ~= other then return one > other end
    return a.id < b.id
  end)
  local candidates = {}
  for _, server in ipairs(servers) do
    if server.state == "out" then
      if now >= server.till then changes[server.id] = { state = "trial", at = now, times = server.times } end
    elseif server.state == "trial" then
      local passed = trial(server, good, now)
      if passed == true then changes[server.id] = { state = "in", at = now, times = server.times } end
      if passed == false then changes[server.id] = out(server, now) end
    else
      if (server.times or 0) > 0 and now - server.at >= FORGET then
        changes[server.id] = { state = "in", at = server.at, times = 0 }
      end
      local others, skip = {}, most - 1
      for _, other in ipairs(good) do
        if other ~= server then
          if skip == 0 then others[#others + 1] = other else skip = skip - 1 end
        end
      end
      local failing = worse(server, others)
      if failing then candidates[#candidates + 1] = { server = server, failing = failing } end
    end
  end
  table.sort(candidates, function(a, b)
    if a.failing ~= b.failing then return a.failing > b.failing end
    return a.server.id < b.server.id
  end)
  for index = 1, math.min(most - left, #candidates, #good - 1) do
    changes[candidates[index].server.id] = out(candidates[index].server, now)
  end
  return changes
end
