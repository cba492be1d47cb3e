// The site whose panel is kept as pictures.
import { BIKES } from "../support/fixtures.ts";

export const SITE = {
  displayName: "Acme Bikes",
  greetingText: "Hi! Questions about your bike?",
  welcomeMessage: "Hello! Ask us about bikes, repairs and your order.",
  starterQuestions: ["What does an inspection cost?", "How long do I have to return a bike?"],
};
export const SHOP = BIKES;
