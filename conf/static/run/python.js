// The page's one Python: a worker that starts when it is first needed, can be stopped, and can be ended.

const PATIENCE = 1200; // Milliseconds until what does not listen to Stop is ended.

export class EndedError extends Error {}

export class Python {
  #worker = null;
  #calls = new Map();
  #number = 0;
  #timer = 0;
  #versions = null;
  #packages;

  constructor(packages) {
    this.#packages = packages;
  }

  get running() {
    return this.#worker !== null;
  }

  // Start the worker, and give the versions of Python and NumPy.
  start() {
    if (this.#worker) return this.#versions;
    this.#worker = new Worker(new URL("worker.js", import.meta.url), {type: "module"});
    this.#worker.onmessage = ({data}) => this.#take(data);
    this.#worker.onerror = () => this.end("Python could not be started in this browser.");
    const base = new URL("../../_runtime/", import.meta.url).href;
    this.#versions = this.#ask("start", [{base, packages: this.#packages}]);
    // What did not come may come next time.
    this.#versions.catch(() => this.end());
    return this.#versions;
  }

  // Ask for something, and give what it answers; `listen` hears what comes before.
  async call(what, given, listen) {
    await this.start();
    return this.#ask(what, given, listen);
  }

  #ask(what, given, listen) {
    const id = ++this.#number;
    const stop = URL.createObjectURL(new Blob(["go on"]));
    return new Promise((resolve, reject) => {
      this.#calls.set(id, {resolve, reject, listen, stop});
      this.#worker.postMessage({id, what, given, stop});
    });
  }

  #take({id, kind, text, value, failed}) {
    const call = this.#calls.get(id);
    if (kind) return call.listen?.(kind, text);
    this.#calls.delete(id);
    clearTimeout(this.#timer);
    URL.revokeObjectURL(call.stop);
    if (failed === undefined) call.resolve(value);
    else call.reject(new Error(failed));
  }

  // Interrupt what runs; end what does not listen.
  stop() {
    for (const call of this.#calls.values()) URL.revokeObjectURL(call.stop);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.end("It did not listen to Stop, and Python was ended."), PATIENCE);
  }

  // End the worker, with all that it knows.
  end(why = "Python was ended.") {
    clearTimeout(this.#timer);
    this.#worker?.terminate();
    this.#worker = this.#versions = null;
    for (const call of this.#calls.values()) call.reject(new EndedError(why));
    this.#calls.clear();
  }
}
