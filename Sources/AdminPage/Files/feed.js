// The gateway's events as they come, over and over again. EventSource cannot send a token.
import { ask } from "./api.js";

// A sign of life comes each 15 s.
const SILENCE = 40_000;
const LONGEST_WAIT = 30;

/** The events of a text/event-stream (HTML, 9.2.6): `{kind, data}`. Lines end with LF or CR LF, as the gateway's do. */
async function* events(bytes, alive) {
  const reader = bytes.pipeThrough(new TextDecoderStream()).getReader();
  let [rest, kind, data] = ["", "message", []];
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    alive();
    const lines = (rest + value).split("\n");
    rest = lines.pop();
    for (const line of lines.map((text) => text.replace(/\r$/, ""))) {
      if (line === "") {
        if (data.length) yield { kind, data: data.join("\n") };
        [kind, data] = ["message", []];
        continue;
      }
      const [, field, text] = /^([^:]*):? ?(.*)$/.exec(line);
      if (field === "event") kind = text;
      if (field === "data") data.push(text);
    }
  }
}

/** A connection to the events that comes back by itself, each time after a longer wait. */
export class Feed {
  #receive;
  #report;
  #stop = null;

  /**
   * @param receive is called with an event's kind and value.
   * @param report is called with `live`, or with `waiting` and the seconds until the next try.
   */
  constructor(receive, report) {
    this.#receive = receive;
    this.#report = report;
  }

  /** Begins. */
  start() {
    this.stop();
    this.#stop = new AbortController();
    this.#run(this.#stop.signal);
  }

  /** Ends. */
  stop() { this.#stop?.abort(); }

  async #run(signal) {
    for (let failures = 0; !signal.aborted; failures += 1) {
      let seconds = Math.min(LONGEST_WAIT, 2 ** failures) * (0.75 + Math.random() / 2);
      try {
        await this.#listen(signal, () => { failures = 0; });
      } catch (problem) {
        if (problem.status === 401) return;
        seconds = Math.max(seconds, problem.retryAfter ?? 0);
      }
      if (!signal.aborted) await this.#wait(seconds, signal);
    }
  }

  async #listen(signal, opened) {
    const connection = new AbortController();
    const end = () => connection.abort();
    signal.addEventListener("abort", end);
    let timer = setTimeout(end, SILENCE);
    try {
      const response = await ask("GET", "/events", { signal: connection.signal });
      opened();
      this.#report("live");
      const alive = () => {
        clearTimeout(timer);
        timer = setTimeout(end, SILENCE);
      };
      for await (const { kind, data } of events(response.body, alive)) {
        // What is wrong with one event is no reason to lose the others.
        try { this.#receive(kind, JSON.parse(data)); } catch (error) { reportError(error); }
      }
    } finally {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      end();
    }
  }

  /** Until some seconds have passed, the network is back or it is stopped. */
  async #wait(seconds, signal) {
    this.#report("waiting", Math.ceil(seconds));
    await new Promise((resolve) => {
      const timer = setTimeout(done, 1000 * seconds);
      function done() {
        clearTimeout(timer);
        removeEventListener("online", done);
        signal.removeEventListener("abort", done);
        resolve();
      }
      addEventListener("online", done);
      signal.addEventListener("abort", done);
    });
  }
}
