//! The only reader of flags, environment and file.

use ipnet::IpNet;
use std::net::SocketAddr;
use std::path::PathBuf;

/// Who may make an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Signup {
    Open,
    /// Only while there is no account.
    First,
    Closed,
}

/// A model behind an OpenAI-compatible address.
#[derive(Clone, PartialEq, Eq)]
pub struct ModelConfig {
    /// Up to and with the version, such as `https://api.openai.com/v1`.
    pub base_url: String,
    pub api_key: Option<String>,
    pub model: String,
}

impl std::fmt::Debug for ModelConfig {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("ModelConfig")
            .field("base_url", &self.base_url)
            .field("api_key", &self.api_key.as_ref().map(|_| "…"))
            .field("model", &self.model)
            .finish()
    }
}

/// Everything an instance is told from outside, already judged.
#[derive(Clone)]
pub struct Config {
    pub listen: SocketAddr,
    /// Without a slash at the end.
    pub public_url: String,
    pub data_dir: PathBuf,
    pub database_url: String,
    pub signup: Signup,
    /// None means the built-in answerer.
    pub model: Option<ModelConfig>,
    pub trusted_proxies: Vec<IpNet>,
    /// Private networks that outgoing requests may reach.
    pub egress_allow: Vec<IpNet>,
    /// Multiplies every limit; 0 switches them off.
    pub rate_limit_scale: f64,
    /// The instance key as configured; none means the one in the data folder.
    pub secret_key: Option<[u8; 32]>,
}
