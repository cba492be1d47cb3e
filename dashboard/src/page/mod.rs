//! One file per page. Pages read the address and compose parts.

pub mod developers;
pub mod inbox;
pub mod not_found;
pub mod set_up;
pub mod sign_in;
pub mod site;
pub mod sites;
