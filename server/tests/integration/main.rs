//! The one integration binary of the server.

mod conversations;
mod store;
mod support;
