-- Written by the role saas.privatelink.port_forwarder; changes made here are lost.
--
-- Ends the sessions of a server whose address has changed, and keeps the addresses for the next start. HAProxy itself lets
-- sessions stay where they are: with a database that failed over, on a host that is dead or no longer the writer.
--
-- The addresses are asked for on the admin socket, and not looked up in this process, since after a reload the process
-- that still has the old sessions resolves no more names; the socket then belongs to the new process.

local SOCKET = "unix@/run/privatelink-forwarder/admin.sock"
local STATE = "/var/lib/privatelink-forwarder/server-state"
local INTERVAL = 200 -- milliseconds

-- The answer to "show servers state", or nil: a line with a version, a line of titles, a line for each server, an empty line.
local function ask()
    local socket = core.tcp()
    socket:settimeout(1)
    local text
    if socket:connect(SOCKET) and socket:send("show servers state\n") then
        text = socket:receive("*a")
    end
    socket:close()
    if text and text:match("^1\n# ") and text:match("\n\n$") then
        return text
    end
end

-- Address by "backend/server". "-" is the address of a server whose name was never resolved.
local function parse(text)
    local found = {}
    for backend, server, address in text:gmatch("\n%d+ (%S+) %d+ (%S+) (%S+) ") do
        found[backend .. "/" .. server] = address
    end
    return found
end

local function save(text)
    local file = io.open(STATE .. ".new", "w")
    if file then
        local written = file:write(text)
        if file:close() and written then
            os.rename(STATE .. ".new", STATE)
        end
    end
end

local function follow()
    local last = {}
    while true do
        local text = ask()
        local now = text and parse(text)
        local changed = false
        for name, backend in pairs(now and core.backends or {}) do
            for server_name, server in pairs(backend.servers) do
                local key = name .. "/" .. server_name
                if now[key] ~= "-" and now[key] ~= last[key] then
                    if last[key] then
                        server:shut_sess()
                        -- A check of the old host must not speak against the new one: that is tried at once.
                        server:check_force_up()
                        core.Warning(key .. " moved from " .. last[key] .. " to " .. tostring(now[key]))
                    end
                    last[key] = now[key]
                    changed = true
                end
            end
        end
        if changed then
            save(text)
        end
        core.msleep(INTERVAL)
    end
end

core.register_task(follow)
