//! The doors: each document's routes. A handler extracts, makes one call into the core and maps its result to
//! the surface's own reply. No surface knows another.

pub mod chatbots;
pub mod developer;
pub mod files;
pub mod health;
pub mod helpdesk;
pub mod metrics;
pub mod pages;
pub mod tenant;
pub mod visitor;
pub mod widget;
