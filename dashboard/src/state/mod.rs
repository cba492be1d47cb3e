//! What the app knows, apart from what a single page needs for itself.

pub mod clock;
pub mod inbox;
pub mod inbox_store;
pub mod leave_guard;
pub mod live;
pub mod load;
pub mod session;
pub mod sound;
pub mod theme;
pub mod title;
pub mod toast;
pub mod unsaved;
