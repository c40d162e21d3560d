"""The scripts that run inside Redis or Valkey: each one trip, all or nothing.

Keys of a conversation come in fours (lock, session, anchor, debt), the current epoch's first. Nothing here
is built
from values: arguments arrive as arguments.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final


class Status(IntEnum):
    """What `LOAD` found."""

    HELD = 0
    TAKEN = 1
    DUPLICATE = 2


@dataclass(frozen=True, slots=True)
class Script:
    text: str
    sha: str = field(init=False)

    def __post_init__(self) -> None:
        # SHA-1 is how the server names scripts; nothing depends on its strength.
        digest = hashlib.sha1(self.text.encode("ascii"), usedforsecurity=False).hexdigest()
        object.__setattr__(self, "sha", digest)


LOAD: Final = Script("""
local count, token, lock_ms = tonumber(ARGV[1]), ARGV[2], ARGV[3]
local before = 4 * count + tonumber(ARGV[4])
for i = 4 * count + 1, before do
  if redis.call('EXISTS', KEYS[i]) == 1 then return {2} end
end
for i = 1, 4 * count, 4 do
  if redis.call('EXISTS', KEYS[i]) == 1 then return {0} end
end
local found, session, anchor, debt = 0, false, false, false
for i = 1, 4 * count, 4 do
  redis.call('SET', KEYS[i], token, 'PX', lock_ms)
  if not session then
    session = redis.call('GET', KEYS[i + 1])
    if session then
      found = (i + 3) / 4
      anchor = redis.call('GET', KEYS[i + 2])
    end
  end
  if not debt then debt = redis.call('GET', KEYS[i + 3]) end
end
local acts, files, reports = 0, 0, 0
if #KEYS > before then
  acts = redis.call('INCR', KEYS[before + 1])
  if acts == 1 then redis.call('EXPIRE', KEYS[before + 1], ARGV[5]) end
  if ARGV[7] == '1' then
    files = redis.call('INCR', KEYS[before + 2])
    if files == 1 then redis.call('EXPIRE', KEYS[before + 2], ARGV[6]) end
  end
  reports = tonumber(redis.call('GET', KEYS[before + 3]) or 0)
end
return {1, found, session, anchor, debt, acts, files, reports}
""")
"""After the marks come three counters of the person, where the act is counted: acts, files, reports."""

SAVE: Final = Script("""
local count, token, session, ttl = tonumber(ARGV[1]), ARGV[2], ARGV[3], ARGV[4]
local mark_ttl, debt, debt_ttl = ARGV[5], ARGV[6], ARGV[7]
for i = 1, 4 * count, 4 do
  if redis.call('GET', KEYS[i]) ~= token then return 0 end
end
local owed, mark = KEYS[4 * count + 1], mark_ttl ~= '0' and KEYS[4 * count + 2]
for i = 1, 4 * count, 4 do
  redis.call('DEL', KEYS[i])
  if i > 1 then redis.call('DEL', KEYS[i + 1], KEYS[i + 2]) end
  if redis.call('DEL', KEYS[i + 3]) == 1 then redis.call('ZREM', owed, ARGV[7 + (i + 3) / 4]) end
end
if session ~= '' then
  redis.call('SET', KEYS[2], session, 'EX', ttl)
  redis.call('EXPIRE', KEYS[3], ttl)
else
  redis.call('DEL', KEYS[2], KEYS[3])
end
if mark then redis.call('SET', mark, '', 'EX', mark_ttl) end
if ARGV[8 + count] ~= '0' then
  local reports = KEYS[#KEYS]
  if redis.call('INCR', reports) == 1 then redis.call('EXPIRE', reports, ARGV[8 + count]) end
end
if debt ~= '' then
  redis.call('SET', KEYS[4], debt, 'EX', debt_ttl)
  redis.call('ZADD', owed, redis.call('TIME')[1], ARGV[8])
  redis.call('EXPIRE', owed, debt_ttl)
end
return 1
""")

RELEASE: Final = Script("""
for i = 1, #KEYS do
  if redis.call('GET', KEYS[i]) == ARGV[1] then redis.call('DEL', KEYS[i]) end
end
return 1
""")

RENEW: Final = Script("""
for i = 1, #KEYS do
  if redis.call('GET', KEYS[i]) ~= ARGV[1] then return 0 end
end
for i = 1, #KEYS do redis.call('PEXPIRE', KEYS[i], ARGV[2]) end
return 1
""")

SETTLE: Final = Script("""
local anchor, debt = ARGV[1], ARGV[2]
if debt ~= '' then
  if redis.call('GET', KEYS[4]) ~= debt then return 0 end
  redis.call('DEL', KEYS[4])
  redis.call('ZREM', KEYS[5], ARGV[3])
end
if anchor ~= '' then
  local ttl = redis.call('PTTL', KEYS[2])
  if ttl > 0 then redis.call('SET', KEYS[3], anchor, 'PX', ttl) end
end
return 1
""")
"""A later turn that owes something else has the say: a late call neither clears its debt nor moves its
anchor."""

COUNT: Final = Script("""
local number = redis.call('INCR', KEYS[1])
if number == 1 then redis.call('EXPIRE', KEYS[1], ARGV[1]) end
return number
""")

SLOTS: Final = Script("""
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local interval, most, ahead = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local free = tonumber(redis.call('GET', KEYS[1]) or now)
local shut = tonumber(redis.call('GET', KEYS[2]) or '0')
local start = math.max(now - tonumber(ARGV[4]), free, shut)
if start - now > ahead then return {0, start - now} end
local free_again = start + most * interval
redis.call('SET', KEYS[1], string.format('%.0f', free_again), 'PX', math.ceil((free_again - now) / 1000) + 1000)
return {most, start - now}
""")
"""The channel's next slots, evenly one after the other, by the server's clock in microseconds. Slots that nobody asked
for in time are still given for a little while: whoever is late between two batches does not lose them."""

CLOSE: Final = Script("""
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local until_ = math.max(now + tonumber(ARGV[1]), tonumber(redis.call('GET', KEYS[2]) or '0'))
redis.call('SET', KEYS[2], string.format('%.0f', until_), 'PX', math.ceil((until_ - now) / 1000) + 1)
return 1
""")

OWED: Final = Script("""
local before = redis.call('TIME')[1] - ARGV[1]
local names = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', before, 'LIMIT', 0, ARGV[2])
local found = {}
for _, name in ipairs(names) do
  local debt = redis.call('GET', ARGV[3] .. name)
  if debt then
    found[#found + 1] = name
    found[#found + 1] = debt
    redis.call('ZADD', KEYS[1], 'XX', before + math.min(ARGV[4], ARGV[1]), name)
  else
    redis.call('ZREM', KEYS[1], name)
  end
end
return found
""")
"""Reads keys that it finds in the index; Zuruf does not use Redis Cluster. What is found moves to the back, so that
what is owed on a channel that is down does not hide the rest, and no second process sends it too; never beyond now, so
that whoever begins after a crash of the one that found it finds it as soon."""

SPEND: Final = Script("""
local shut = redis.call('PTTL', KEYS[2])
if shut > 0 then return shut end
local time = redis.call('TIME')
local now, most, window = time[1] * 1000 + math.floor(time[2] / 1000), tonumber(ARGV[1]), tonumber(ARGV[2])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - window)
for _, early in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '(' .. now, '+inf')) do
  redis.call('ZADD', KEYS[1], now, early)
end
local spent = redis.call('ZCARD', KEYS[1])
if spent < most then
  redis.call('ZADD', KEYS[1], now, ARGV[3])
  redis.call('PEXPIRE', KEYS[1], window)
  return 0
end
return redis.call('ZRANGE', KEYS[1], spent - most, spent - most, 'WITHSCORES')[2] + window - now
""")
"""Counts in the server's time, so that all workers share one window; a clock that was set back opens no second one."""

SHUT: Final = Script("""
local ms = tonumber(ARGV[1])
if redis.call('PTTL', KEYS[1]) < ms then redis.call('SET', KEYS[1], '', 'PX', ms) end
return 1
""")
"""A wait is never shortened."""

CLAIM: Final = Script("""
local most, window = tonumber(ARGV[1]), ARGV[2]
if tonumber(redis.call('GET', KEYS[1]) or '0') >= most then return {-1, false} end
for i = 2, #KEYS do
  local sealed = redis.call('GET', KEYS[i])
  if sealed then
    redis.call('DEL', KEYS[i])
    return {i - 1, sealed}
  end
end
redis.call('INCR', KEYS[1])
redis.call('EXPIRE', KEYS[1], window)
return {0, false}
""")
