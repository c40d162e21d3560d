// A citizen with a strict client: matrix-js-sdk with Rust crypto, which speaks only to devices that their owner signed.
// Arguments: homeserver, user, password, bot, then what to say. Prints one JSON object a line: what the bot said.
import * as sdk from "matrix-js-sdk";
import { OnlySignedDevicesIsolationMode } from "matrix-js-sdk/lib/crypto-api/index.js";
import { logger } from "matrix-js-sdk/lib/logger.js";

logger.setLevel?.("silent");
for (const name of ["debug", "log", "info", "warn"]) console[name] = () => {};

const [homeserver, user, password, bot, ...words] = process.argv.slice(2);
const tell = (fact) => process.stdout.write(`${JSON.stringify(fact)}\n`);

const login = await sdk
    .createClient({ baseUrl: homeserver })
    .loginRequest({ type: "m.login.password", identifier: { type: "m.id.user", user }, password });
const client = sdk.createClient({
    baseUrl: homeserver,
    userId: login.user_id,
    deviceId: login.device_id,
    accessToken: login.access_token,
});
await client.initRustCrypto({ useIndexedDB: false });
const crypto = client.getCrypto();
crypto.setDeviceIsolationMode(new OnlySignedDevicesIsolationMode());
await client.startClient({ initialSyncLimit: 20 });
await new Promise((done) => client.on(sdk.ClientEvent.Sync, (state) => state === "PREPARED" && done()));
await crypto.bootstrapCrossSigning({
    authUploadDeviceSigningKeys: async (makeRequest) => {
        await makeRequest({ type: "m.login.password", identifier: { type: "m.id.user", user }, password });
    },
});

const heard = new Set();
const hear = async (event) => {
    if (event.getSender() !== bot || event.isState() || event.status !== null) return;
    if (event.isEncrypted()) {
        await client.decryptEventIfNeeded(event);
        if (event.isBeingDecrypted()) await event.getDecryptionPromise();
    }
    if (event.isDecryptionFailure()) {
        tell({ unread: event.decryptionFailureReason });
        return;
    }
    if (heard.has(event.getId())) return;
    heard.add(event.getId());
    const shield = await crypto.getEncryptionInfoForEvent(event);
    tell({
        said: event.getContent().body ?? event.getType(),
        wire: event.getWireType(),
        shield: shield?.shieldColour ?? null,
        reason: shield?.shieldReason ?? null,
    });
    if (event.getType() === "m.room.message" && words.length) {
        const word = words.shift();
        await client.sendTextMessage(room, word).catch((error) => tell({ unsent: String(error) }));
    }
};
client.on(sdk.MatrixEventEvent.Decrypted, hear);
client.on(sdk.RoomEvent.Timeline, hear);

const { room_id: room } = await client.createRoom({
    is_direct: true,
    invite: [bot],
    preset: "trusted_private_chat",
    initial_state: [{ type: "m.room.encryption", state_key: "", content: { algorithm: "m.megolm.v1.aes-sha2" } }],
});
process.stdin.resume();
process.stdin.on("end", () => process.exit(0));
