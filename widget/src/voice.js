// What is heard and said, as far as it is known before the parts that do it are there.

import { recall } from "./host.js";
import { fill } from "./parts.js";

/** Two notes for a message that nobody looks at, unless the visitor has switched them off. */
export const chime = () => recall("sound") !== "off" && fill("sound", document.body);

export const canDictate = (byServer) => (byServer ? "MediaRecorder" in self && "mediaDevices" in navigator : "SpeechRecognition" in self || "webkitSpeechRecognition" in self);

export const canSpeak = (byServer) => byServer || "speechSynthesis" in self;
