//! What a site asks of programs that read it (RFC 9309).

use super::page::{Failure, fetch};
use crate::app::App;
use std::time::Duration;
use texting_robots::Robot;
use url::Url;

/// The name by which robots.txt may address us.
const NAME: &str = "Parlance";
/// More of it is not looked at (RFC 9309, section 2.5).
const BYTES: usize = 500 << 10;
/// A site that asks for more patience is read no slower than this.
const LONGEST_DELAY: f32 = 5.0;

pub(super) struct Robots(Option<Robot>);

impl Robots {
    /// Fetches the rules of the address's site. Without a file everything is allowed; a site that cannot say so
    /// because it fails is left alone.
    pub async fn of(app: &App, url: &Url) -> Result<Self, Failure> {
        let mut address = url.clone();
        address.set_path("/robots.txt");
        address.set_query(None);
        let fetched = fetch(app, address).await?;
        match fetched.status {
            200..300 => {
                let text = &fetched.text.as_bytes()[..fetched.text.len().min(BYTES)];
                Ok(Self(Robot::new(NAME, text).ok()))
            }
            400..500 => Ok(Self(None)),
            status => Err(Failure::Status(status)),
        }
    }

    pub fn allow(&self, url: &Url) -> bool {
        self.0
            .as_ref()
            .is_none_or(|robot| robot.allowed(url.as_str()))
    }

    /// The pause between two visits that the site asks for.
    pub fn delay(&self) -> Duration {
        let seconds = self.0.as_ref().and_then(|robot| robot.delay).unwrap_or(0.0);
        Duration::try_from_secs_f32(seconds.clamp(0.0, LONGEST_DELAY)).unwrap_or_default()
    }
}
