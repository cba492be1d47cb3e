//! Turns settings as they are written into a [`Config`], or says which one is wrong and what it should be.

use super::settings::Settings;
use super::{AudioConfig, Config, LogFormat, ModelConfig, Signup};
use crate::mail_address::is_sender;
use base64::Engine;
use base64::prelude::{
    BASE64_STANDARD, BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE, BASE64_URL_SAFE_NO_PAD,
};
use clap::ValueEnum;
use ipnet::IpNet;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use url::Url;

const OPENAI: &str = "https://api.openai.com/v1";
const OLLAMA: &str = "http://127.0.0.1:11434/v1";

pub(super) fn config(settings: Settings) -> Result<Config, String> {
    let data_dir = settings
        .data_dir
        .clone()
        .unwrap_or_else(|| PathBuf::from("data"));
    let defaults = Config::new(&data_dir);
    let (model, audio) = (model(&settings)?, audio(&settings)?);
    let metrics_listen = match settings.metrics_listen.as_deref() {
        None => defaults.metrics_listen,
        Some("off") => None,
        Some(text) => Some(address("metrics_listen", text)?),
    };
    let log = settings.log.unwrap_or(defaults.log);
    tracing_subscriber::EnvFilter::try_new(&log)
        .map_err(|error| wrong("log", &error.to_string()))?;
    Ok(Config {
        listen: given("listen", settings.listen, address)?.unwrap_or(defaults.listen),
        public_url: given("public_url", settings.public_url, base_url)?.unwrap_or_default(),
        data_dir,
        database_url: given("database_url", settings.database_url, database_url)?
            .unwrap_or(defaults.database_url),
        redis_url: given("redis_url", settings.redis_url, |name, text| {
            url_of(name, text, &["redis", "rediss"])
        })?,
        storage_url: given("storage_url", settings.storage_url, storage_url)?,
        metrics_listen,
        signup: given("signup", settings.signup, choice)?.unwrap_or(Signup::First),
        model,
        audio,
        smtp_url: given("smtp_url", settings.smtp_url, |name, text| {
            url_of(name, text, &["smtp", "smtps"])
        })?,
        mail_from: given("mail_from", settings.mail_from, sender)?,
        trusted_proxies: given("trusted_proxies", settings.trusted_proxies, networks)?
            .unwrap_or_default(),
        egress_allow: given("egress_allow", settings.egress_allow, networks)?.unwrap_or_default(),
        rate_limit_scale: given("rate_limit_scale", settings.rate_limit_scale, scale)?
            .unwrap_or(defaults.rate_limit_scale),
        secret_key: given("secret_key", settings.secret_key, secret_key)?,
        program: defaults.program,
        log,
        log_format: given("log_format", settings.log_format, choice)?.unwrap_or(LogFormat::Text),
    })
}

/// Reads a setting where it is given.
fn given<T>(
    name: &'static str,
    text: Option<String>,
    read: impl FnOnce(&'static str, &str) -> Result<T, String>,
) -> Result<Option<T>, String> {
    text.map(|text| read(name, text.trim())).transpose()
}

/// A refusal that names the setting in both of its spellings.
fn wrong(name: &str, problem: &str) -> String {
    let flag = name.replace('_', "-");
    format!("--{flag} (PARLANCE_{}): {problem}", name.to_uppercase())
}

fn address(name: &'static str, text: &str) -> Result<SocketAddr, String> {
    text.parse().map_err(|_| {
        wrong(
            name,
            &format!("\"{text}\" is not an address such as 127.0.0.1:8080 or [::]:8080"),
        )
    })
}

fn choice<T: ValueEnum>(name: &'static str, text: &str) -> Result<T, String> {
    T::from_str(text, true).map_err(|_| {
        let names: Vec<String> = T::value_variants()
            .iter()
            .filter_map(|value| Some(value.to_possible_value()?.get_name().to_owned()))
            .collect();
        wrong(name, &format!("\"{text}\" is none of {}", names.join(", ")))
    })
}

fn scale(name: &'static str, text: &str) -> Result<f64, String> {
    text.parse::<f64>()
        .ok()
        .filter(|scale| scale.is_finite() && *scale >= 0.0)
        .ok_or_else(|| wrong(name, &format!("\"{text}\" is not a number from 0 up")))
}

fn networks(name: &'static str, text: &str) -> Result<Vec<IpNet>, String> {
    text.split(',')
        .map(str::trim)
        .filter(|network| !network.is_empty())
        .map(|network| {
            let address = || network.parse::<IpAddr>().ok().map(IpNet::from);
            network
                .parse::<IpNet>()
                .ok()
                .or_else(address)
                .ok_or_else(|| {
                    wrong(
                        name,
                        &format!("\"{network}\" is not a network such as 10.0.0.0/8 or ::1"),
                    )
                })
        })
        .collect()
}

/// The key's text is never repeated in a refusal.
fn secret_key(name: &'static str, text: &str) -> Result<[u8; 32], String> {
    let decoded = [
        BASE64_STANDARD,
        BASE64_STANDARD_NO_PAD,
        BASE64_URL_SAFE,
        BASE64_URL_SAFE_NO_PAD,
    ]
    .iter()
    .find_map(|alphabet| alphabet.decode(text).ok());
    let hexadecimal = hex::decode(text).ok().filter(|bytes| bytes.len() == 32);
    hexadecimal
        .or(decoded)
        .and_then(|bytes| bytes.try_into().ok())
        .ok_or_else(|| wrong(name, "the key must be 32 bytes in base64 or hexadecimal"))
}

/// A base of links: scheme, host, perhaps a path; no slash at the end.
fn base_url(name: &'static str, text: &str) -> Result<String, String> {
    let refusal = || {
        wrong(
            name,
            &format!("\"{text}\" is not an address such as https://chat.example.com"),
        )
    };
    let url = Url::parse(text).map_err(|_| refusal())?;
    let is_base = matches!(url.scheme(), "http" | "https")
        && url.has_host()
        && url.username().is_empty()
        && url.password().is_none()
        && url.query().is_none()
        && url.fragment().is_none();
    if !is_base {
        return Err(refusal());
    }
    Ok(url.as_str().trim_end_matches('/').to_owned())
}

/// The text itself may hold a password and is not repeated.
fn url_of(name: &'static str, text: &str, schemes: &[&str]) -> Result<String, String> {
    let fits = Url::parse(text).is_ok_and(|url| schemes.contains(&url.scheme()) && url.has_host());
    if fits {
        return Ok(text.to_owned());
    }
    Err(wrong(
        name,
        &format!(
            "it must be an address that begins with {}://",
            schemes.join(":// or ")
        ),
    ))
}

fn storage_url(name: &'static str, text: &str) -> Result<String, String> {
    if text.starts_with("file:/") && Url::parse(text).is_ok() {
        return Ok(text.to_owned());
    }
    url_of(name, text, &["s3"]).map_err(|_| {
        wrong(
            name,
            "it must be a folder such as file:///srv/files or a bucket such as s3://name/prefix",
        )
    })
}

fn database_url(name: &'static str, text: &str) -> Result<String, String> {
    if text.starts_with("sqlite:") {
        return Ok(text.to_owned());
    }
    url_of(name, text, &["postgres", "postgresql"]).map_err(|_| {
        wrong(
            name,
            "it must begin with sqlite: or be an address such as postgres://user@host/name",
        )
    })
}

/// What mail says it comes from.
fn sender(name: &'static str, text: &str) -> Result<String, String> {
    if is_sender(text) {
        return Ok(text.to_owned());
    }
    let problem = "it must be an address such as chat@example.com or Acme <chat@example.com>";
    Err(wrong(name, problem))
}

fn model(settings: &Settings) -> Result<Option<ModelConfig>, String> {
    let base = settings.llm_base_url.as_deref();
    let any = base.is_some() || settings.llm_api_key.is_some() || settings.llm_model.is_some();
    let provider = match settings.llm_provider.as_deref() {
        None if !any => return Ok(None),
        None => "openai-compatible",
        Some(provider) => provider,
    };
    let default = match provider {
        "built-in" | "builtin" | "none" => return Ok(None),
        "openai" => Some(OPENAI),
        "ollama" => Some(OLLAMA),
        "openai-compatible" if settings.llm_api_key.is_some() => Some(OPENAI),
        "openai-compatible" => None,
        other => {
            let problem =
                format!("\"{other}\" is none of openai, openai-compatible, ollama, built-in");
            return Err(wrong("llm_provider", &problem));
        }
    };
    let base_url = base.or(default).ok_or_else(|| {
        wrong(
            "llm_base_url",
            "it is needed for this provider, such as http://127.0.0.1:8000/v1",
        )
    })?;
    let model = settings.llm_model.clone().ok_or_else(|| {
        wrong(
            "llm_model",
            "it is needed where a language model is configured",
        )
    })?;
    Ok(Some(ModelConfig {
        base_url: self::base_url("llm_base_url", base_url)?,
        api_key: settings.llm_api_key.clone(),
        model,
    }))
}

fn audio(settings: &Settings) -> Result<Option<AudioConfig>, String> {
    let Some(base) = settings.audio_base_url.as_deref() else {
        return Ok(None);
    };
    let or = |given: &Option<String>, usual: &str| given.clone().unwrap_or_else(|| usual.into());
    Ok(Some(AudioConfig {
        base_url: base_url("audio_base_url", base)?,
        api_key: settings.audio_api_key.clone(),
        transcription_model: or(&settings.audio_transcription_model, "whisper-1"),
        speech_model: or(&settings.audio_speech_model, "tts-1"),
    }))
}

/// The file of the default database.
pub(super) fn sqlite_url(data_dir: &Path) -> String {
    let path = data_dir.join("parlance.db").display().to_string();
    let escaped = path
        .replace('%', "%25")
        .replace('?', "%3F")
        .replace('#', "%23");
    format!("sqlite:{escaped}")
}

/// How a browser on this machine reaches the server.
pub(super) fn public_url_of(address: SocketAddr) -> String {
    if address.ip().is_unspecified() {
        return format!("http://localhost:{}", address.port());
    }
    format!("http://{address}")
}

/// An address as logs may show it.
pub(super) fn without_password(text: &str) -> String {
    match Url::parse(text) {
        Ok(mut url) if url.password().is_some() => match url.set_password(Some("…")) {
            Ok(()) => url.into(),
            Err(()) => "…".into(),
        },
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{config, public_url_of};
    use crate::config::{LogFormat, Settings, Signup};

    fn refusal(settings: Settings) -> String {
        config(settings).map(|_| ()).unwrap_err()
    }

    #[test]
    fn nothing_said_means_the_documented_defaults() {
        let config = config(Settings::default()).unwrap();
        assert_eq!(config.listen.to_string(), "127.0.0.1:8080");
        assert_eq!(config.database_url, "sqlite:data/parlance.db");
        assert_eq!(config.signup, Signup::First);
        assert_eq!(config.metrics_listen.unwrap().to_string(), "127.0.0.1:9464");
        assert_eq!(config.log_format, LogFormat::Text);
        assert!(
            config.model.is_none()
                && config.trusted_proxies.is_empty()
                && config.secret_key.is_none()
        );
    }

    #[test]
    fn refusals_name_the_setting_and_never_a_secret() {
        let some = |text: &str| Some(text.to_owned());
        let problem = refusal(Settings {
            listen: some("nowhere"),
            ..Settings::default()
        });
        assert!(
            problem.starts_with("--listen (PARLANCE_LISTEN): \"nowhere\""),
            "{problem}"
        );
        let problem = refusal(Settings {
            secret_key: some("hunter2"),
            ..Settings::default()
        });
        assert!(
            problem.contains("PARLANCE_SECRET_KEY") && !problem.contains("hunter2"),
            "{problem}"
        );
        let problem = refusal(Settings {
            redis_url: some("http://u:hunter2@h"),
            ..Settings::default()
        });
        assert!(
            problem.contains("redis://") && !problem.contains("hunter2"),
            "{problem}"
        );
        for settings in [
            Settings {
                public_url: some("chat.example"),
                ..Settings::default()
            },
            Settings {
                signup: some("maybe"),
                ..Settings::default()
            },
            Settings {
                trusted_proxies: some("10.0.0.0/8,all"),
                ..Settings::default()
            },
            Settings {
                rate_limit_scale: some("-1"),
                ..Settings::default()
            },
            Settings {
                rate_limit_scale: some("NaN"),
                ..Settings::default()
            },
            Settings {
                database_url: some("mysql://h/d"),
                ..Settings::default()
            },
            Settings {
                llm_provider: some("magic"),
                ..Settings::default()
            },
            Settings {
                llm_provider: some("openai"),
                ..Settings::default()
            },
            Settings {
                log_format: some("xml"),
                ..Settings::default()
            },
        ] {
            assert!(refusal(settings).contains("PARLANCE_"));
        }
    }

    #[test]
    fn keys_are_read_in_both_spellings() {
        for text in [
            "07".repeat(32),
            "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=".to_owned(),
        ] {
            let config = config(Settings {
                secret_key: Some(text),
                ..Settings::default()
            })
            .unwrap();
            assert_eq!(config.secret_key, Some([7; 32]));
        }
    }

    #[test]
    fn a_model_needs_its_name_and_knows_common_addresses() {
        let settings = Settings {
            llm_provider: Some("openai".into()),
            llm_api_key: Some("k".into()),
            llm_model: Some("m".into()),
            ..Settings::default()
        };
        let config = config(settings).unwrap();
        assert_eq!(
            config.model.as_ref().unwrap().base_url,
            "https://api.openai.com/v1"
        );
        assert!(!format!("{config:?}").contains("\"k\""));
    }

    #[test]
    fn passwords_stay_out_of_debug_text() {
        let settings = Settings {
            database_url: Some("postgres://u:hunter2@db.example/x".into()),
            secret_key: Some("07".repeat(32)),
            ..Settings::default()
        };
        let text = format!("{:?}", config(settings).unwrap());
        assert!(
            !text.contains("hunter2") && !text.contains("7, 7"),
            "{text}"
        );
    }

    #[test]
    fn the_public_address_can_be_opened_in_a_browser() {
        assert_eq!(
            public_url_of("127.0.0.1:81".parse().unwrap()),
            "http://127.0.0.1:81"
        );
        assert_eq!(
            public_url_of("0.0.0.0:81".parse().unwrap()),
            "http://localhost:81"
        );
        assert_eq!(
            public_url_of("[::]:81".parse().unwrap()),
            "http://localhost:81"
        );
    }
}
