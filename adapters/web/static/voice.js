// Recording a voice message: begins at a tap, shows how long it runs, ends at a tap or after five minutes.

const LONGEST = 300; // seconds

/** @param {(seconds: number) => void} tick @param {(blob: Blob) => void} done */
export function recorder(tick, done) {
  /** @type {MediaRecorder | null} */
  let running = null;
  return {
    /** @returns {Promise<boolean>} whether the microphone may be used */
    async start() {
      try {
        const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
        /** @type {Blob[]} */
        const pieces = [];
        running = new MediaRecorder(stream);
        let seconds = 0;
        const timer = setInterval(() => {
          seconds += 1;
          tick(seconds);
          if (seconds >= LONGEST) running?.stop();
        }, 1000);
        running.ondataavailable = (event) => pieces.push(event.data);
        running.onstop = () => {
          clearInterval(timer);
          for (const track of stream.getTracks()) track.stop();
          done(new Blob(pieces, { type: (running?.mimeType ?? "audio/webm").split(";")[0] }));
        };
        running.start();
        return true;
      } catch {
        return false;
      }
    },
    stop() {
      running?.stop();
    },
  };
}
