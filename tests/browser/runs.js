// What a tab asks of its script and hears of it, by the numbers of Streamlit's messages (ForwardMsg, BackMsg).
// The document itself says nothing between asking and the start of the run, nor that a run ended for another.
(() => {
    if (globalThis !== globalThis.top) return;
    const runs = globalThis.scriptRuns = { asked: false, ended: false };
    function* fields(bytes) {
        let at = 0;
        const number = () => {
            let value = 0;
            for (let scale = 1; ; scale *= 128) {
                const byte = bytes[at++];
                value += (byte & 127) * scale;
                if (byte < 128) return value;
            }
        };
        while (at < bytes.length) {
            const tag = number();
            const wide = { 1: 8, 5: 4 }[tag & 7];
            if ((tag & 7) === 0) yield [tag >> 3, number()];
            else {
                const length = wide ?? number();
                yield [tag >> 3, bytes.subarray(at, at + length)];
                at += length;
            }
        }
    }
    const find = (bytes, ...path) => path.reduce(
        (part, name) => part && new Map(fields(part)).get(name), bytes);
    globalThis.WebSocket = class extends WebSocket {
        constructor(...words) {
            super(...words);
            this.addEventListener("close", () => { runs.asked = false; });
            this.addEventListener("message", ({ data }) => {
                const message = new Map(fields(new Uint8Array(data)));
                if (message.has(4)) {
                    runs.ended = false;
                    // Of a fragment (metadata, run, fragment_ids), which answers to nobody who asked for all.
                    if (!find(message.get(2), 6, 2)?.length) runs.asked = false;
                } else if (message.has(6)) runs.ended = message.get(6) !== 2;
            });
        }
        send(data) {
            const asked = data instanceof Uint8Array ? find(data, 11) : undefined;
            // Nobody answers for a fragment (fragment_id) that is gone.
            if (asked && !find(asked, 5)?.length) runs.asked = true;
            super.send(data);
        }
    };
})();
