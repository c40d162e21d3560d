"""Signal's own servers, as far as two real signal-cli daemons need them to talk with each other on loopback.

Nobody may test against Signal itself, so the messenger's far end stands here: registration, keys, profiles, sealed
sender, messages that wait, attachments. It never sees a word: what goes through it was encrypted by libsignal in one
daemon and is opened by libsignal in the other. Paths and fields are those of the libraries that signal-cli 0.13.19 is
made of (libsignal-service-java) and of Signal-Server, written down from their sources and held to by the real program.

Room by room: `wire` (protobuf), `trust` (certificates), `accounts` (who is registered), `service` (the servers),
`ways` (how a daemon comes to them), `daemon` (the real program), `relay` (between Zuruf and a daemon), `citizen`
(somebody with a phone).
"""
