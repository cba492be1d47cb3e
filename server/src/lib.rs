//! Parlance: one program that gives a website an assistant and an inbox.

pub mod app;
pub mod bus;
pub mod clock;
pub mod config;
pub mod core;
pub mod error;
pub mod rates;
pub mod store;
