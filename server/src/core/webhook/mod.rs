//! Webhooks: other programs are told of what happens in conversations.
//!
//! What is to be told is written in the transaction of what happened ([`enqueue`]) and delivered by [`work`]: each
//! endpoint by itself, so that one that hangs delays nobody else, and the deliveries of one conversation in order.

mod deliver;
mod endpoint;
mod enqueue;
mod log;
mod news;
mod schedule;
mod settle;
mod sign;
mod state;

pub use deliver::{deliver_due, prune, work};
pub use endpoint::{create, list, remove, rotate, show, update};
pub use enqueue::enqueue;
pub use log::{deliveries, replay};
pub use news::News;
pub use state::Webhooks;
