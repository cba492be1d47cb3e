// What an idle live channel costs.
import { measure } from "../support/loadgen.mjs";

/** Channels that come from one loopback address at most; only Linux answers on all of 127.0.0.0/8. */
const CHANNELS_PER_ADDRESS = 500;

export function holdChannels(target, channels) {
  const addresses = process.platform === "linux" ? Math.ceil(channels / CHANNELS_PER_ADDRESS) : 1;
  return measure("hold", {
    url: `${target.url.replace("/widget/chat", "/widget/events")}?bot_id=${target.botId}&session_id={session}`,
    initUrl: target.initUrl,
    botId: target.botId,
    pid: target.pid,
    channels,
    addresses,
  });
}
