//! Replies made for the moment, compressed where the caller takes that. Files are compressed when they are packed, and streams never.

use tower_http::compression::CompressionLayer;

pub fn compressed() -> CompressionLayer {
    CompressionLayer::new().br(true).gzip(true)
}
