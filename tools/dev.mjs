// make dev: builds, serves, and does both again when a source file changes.
// The server is a debug build, which reads dist/ from disk: a change to an app needs no new server.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, watch } from "node:fs";

const APP_FOLDERS = ["widget", "dashboard", "public"];
const SERVER_FOLDERS = ["server"];
const SHARED_FOLDERS = ["shared"];
const IGNORED = /(^|\/)(target|node_modules|\.git)(\/|$)|~$|\.sw.$/;

let server;
let waiting = { apps: true, server: true };
let timer;

function run(command, args) {
  return spawnSync(command, args, { stdio: "inherit" }).status === 0;
}

function rebuild() {
  const { apps, server: serverChanged } = waiting;
  waiting = { apps: false, server: false };
  if (apps && !run("tools/build-apps.sh", [])) return;
  if (!serverChanged) {
    console.log("dev: the apps are rebuilt; reload the page");
    return;
  }
  if (!run("cargo", ["build", "-p", "server", "--bin", "parlance"])) return;
  restart();
}

function restart() {
  const start = () => {
    server = spawn(`${process.env.CARGO_TARGET_DIR}/debug/parlance`, ["serve"], { stdio: "inherit" });
  };
  if (!server || server.exitCode !== null || server.signalCode !== null) {
    start();
    return;
  }
  server.once("exit", start);
  server.kill("SIGTERM");
}

function onChange(kinds) {
  return (_event, file) => {
    if (file && IGNORED.test(file)) return;
    for (const kind of kinds) waiting[kind] = true;
    clearTimeout(timer);
    timer = setTimeout(rebuild, 300);
  };
}

function watchFolders(folders, kinds) {
  for (const folder of folders) {
    if (existsSync(folder)) watch(folder, { recursive: true }, onChange(kinds));
  }
}

watchFolders(APP_FOLDERS, ["apps"]);
watchFolders(SERVER_FOLDERS, ["server"]);
watchFolders(SHARED_FOLDERS, ["apps", "server"]);
for (const signal of ["SIGINT", "SIGTERM"]) {
  process.on(signal, () => {
    server?.kill("SIGTERM");
    process.exit(0);
  });
}
rebuild();
console.log("dev: watching widget, dashboard, public, server and shared; Ctrl-C ends it");
