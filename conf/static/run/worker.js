// Python, in a worker of its own: it loads what the page needs, runs what it is sent, and listens for Stop.

let stopper = ""; // An address of the page's, which is gone once the reader has pressed Stop.
let looked = 0;
let hashes = {};
let refuse;
const refused = new Promise((_good, bad) => (refuse = bad)); // Pyodide goes on, or waits, without what did not come.
refused.catch(() => {});

// Every file is compared with the hash that the book was built with, whoever asks for it.
const plain = self.fetch;
self.fetch = async (address, options) => {
  const name = new URL(address, self.location).pathname.split("/").pop();
  if (!hashes[name]) return plain(address, options);
  try {
    const answer = await plain(address, {...options, integrity: hashes[name]});
    if (answer.ok) return answer;
  } catch {
    const answer = await plain(address, {cache: "reload"}).catch(() => null);
    if (answer?.ok) refuse(new Error(`${name} was refused: it is not the file that this book was built with.`));
  }
  refuse(new Error(`${name} did not arrive: is there a connection?`)); // The first reason counts.
  return refused;
};

const start = async ({base, packages}) => {
  const answer = await plain(`${base}files.json`, {cache: "no-cache"}).catch(() => null);
  if (!answer?.ok) throw new Error("The list of files did not arrive: is there a connection?");
  const list = await answer.json();
  hashes = list.hashes;
  const folder = `${base}${list.version}/`;
  const packs = ["page", ...packages].filter(name => list.packs[name]).map(name => list.packs[name]);
  const archives = packs.map(async pack => (await fetch(`${folder}${pack}`)).arrayBuffer());
  archives.forEach(archive => archive.catch(() => {})); // They are awaited below.
  // What is imported as a script is asked for twice, and comes once: the first time it is compared.
  const scripts = ["pyodide.mjs", "pyodide.asm.mjs"];
  await Promise.all(scripts.map(async name => (await fetch(folder + name)).arrayBuffer()));
  const {loadPyodide} = await import(`${folder}pyodide.mjs`);
  const pyodide = await loadPyodide({
    indexURL: folder,
    packages: packages.flatMap(name => list.wheels[name] ?? []).map(name => folder + name),
    env: {HOME: "/home/reader", MPLBACKEND: "agg", MATPLOTLIBRC: "/book/matplotlibrc"},
  });
  for (const archive of archives) pyodide.unpackArchive(await archive, "zip", {extractDir: "/book"});
  pyodide.runPython("import sys; sys.path.insert(0, '/book')");
  pyodide.setInterruptBuffer({
    get 0() {
      const now = performance.now();
      if (!stopper || now - looked < 100) return 0;
      looked = now;
      try {
        const request = new XMLHttpRequest();
        request.open("GET", stopper, false);
        request.send();
        return 0;
      } catch {
        stopper = "";
        return 2; // The number of SIGINT.
      }
    },
    set 0(_number) {},
  });
  const inside = pyodide.pyimport("inside");
  const versions = pyodide.runPython(
    "import numpy, platform; [v.rsplit('.', 1)[0] for v in (platform.python_version(), numpy.__version__)]",
  ).toJs();
  return {inside, cells: inside.Cells(), versions};
};

let started;

const answers = {
  start: async how => (await (started = Promise.race([refused, start(how)]))).versions,
  run: async (number, source, id) => {
    const {cells} = await started;
    return cells.run(number, source, (kind, text) => self.postMessage({id, kind, text}));
  },
  check: async text => JSON.parse((await started).inside.check(text)),
  compare: async (mine, truth, m) => (await started).inside.compare(mine, truth, m),
};

self.onmessage = async ({data: {id, what, given, stop}}) => {
  try {
    await started;
    stopper = stop;
    self.postMessage({id, value: await answers[what](...given, id)});
  } catch (error) {
    self.postMessage({id, failed: String(error.message ?? error).trim().split("\n").pop()});
  } finally {
    stopper = "";
  }
};
