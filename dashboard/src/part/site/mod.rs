//! Parts of the pages about sites.

pub mod create;
pub mod delete;
pub mod identity;
pub mod install;
pub mod install_check;
pub mod site_key;
