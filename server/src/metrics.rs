//! What the process counts, for Prometheus. Labels take few values that this program chooses itself: nothing a
//! caller sends becomes one, so that nobody can make the number of series grow.

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Registry, Unit};
use shared::webhook::DeliveryFailure;
use std::time::Duration;

/// Upper bounds in seconds. An answer's stream counts until its head, so the interesting ones are small.
const BUCKETS: [f64; 12] = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0,
];

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Request {
    surface: &'static str,
    method: &'static str,
    status: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfSurface {
    surface: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfRole {
    role: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfOutcome {
    outcome: &'static str,
}

/// How the assistant's work on a question ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AnswerOutcome {
    Complete,
    /// The model was away, and the built-in answerer knew.
    Fallback,
    /// A person took over before it was complete.
    Interrupted,
    /// The model or the server failed; what had come by then is kept.
    Failed,
}

impl AnswerOutcome {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Complete => "complete",
            Self::Fallback => "fallback",
            Self::Interrupted => "interrupted",
            Self::Failed => "failed",
        }
    }
}

/// Counters since the start of the process.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    requests: Family<Request, Counter>,
    durations: Family<OfSurface, Histogram, fn() -> Histogram>,
    messages: Family<OfRole, Counter>,
    answers: Family<OfOutcome, Counter>,
    webhooks: Family<OfOutcome, Counter>,
    streams: Gauge,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("parlance");
        let requests = Family::default();
        let durations =
            Family::new_with_constructor((|| Histogram::new(BUCKETS)) as fn() -> Histogram);
        let messages = Family::default();
        let answers = Family::default();
        let webhooks = Family::default();
        let streams = Gauge::default();
        let version = Info::new([("version", env!("CARGO_PKG_VERSION"))]);
        registry.register("build", "The program", version);
        registry.register("http_requests", "Requests answered", requests.clone());
        registry.register_with_unit(
            "http_request_duration",
            "Time until the head of the reply was ready",
            Unit::Seconds,
            durations.clone(),
        );
        registry.register("messages", "Messages stored", messages.clone());
        registry.register(
            "answers",
            "Questions the assistant is done with",
            answers.clone(),
        );
        registry.register(
            "webhook_tries",
            "Tries to deliver to a webhook",
            webhooks.clone(),
        );
        registry.register("live_streams", "Live streams open now", streams.clone());
        Self {
            registry,
            requests,
            durations,
            messages,
            answers,
            webhooks,
            streams,
        }
    }
}

impl Metrics {
    /// One request, answered after `elapsed`. `method` is one of the names that [`method_label`] gives.
    pub fn request(
        &self,
        surface: &'static str,
        method: &'static str,
        status: u16,
        elapsed: Duration,
    ) {
        let labels = Request {
            surface,
            method,
            status,
        };
        self.requests.get_or_create(&labels).inc();
        self.durations
            .get_or_create(&OfSurface { surface })
            .observe(elapsed.as_secs_f64());
    }

    pub fn message(&self, role: &'static str) {
        self.messages.get_or_create(&OfRole { role }).inc();
    }

    pub fn answer(&self, outcome: AnswerOutcome) {
        let outcome = outcome.as_str();
        self.answers.get_or_create(&OfOutcome { outcome }).inc();
    }

    /// One try to deliver to a webhook.
    pub fn webhook(&self, failure: Option<DeliveryFailure>) {
        let outcome = failure.map_or("delivered", DeliveryFailure::as_str);
        self.webhooks.get_or_create(&OfOutcome { outcome }).inc();
    }

    /// The text that Prometheus reads (OpenMetrics 1.0), with what only the moment of asking knows.
    ///
    /// # Errors
    /// Only where a metric cannot be written as text.
    pub fn render(&self, live_streams: u32) -> Result<String, std::fmt::Error> {
        self.streams.set(live_streams.into());
        let mut text = String::new();
        encode(&mut text, &self.registry)?;
        Ok(text)
    }
}

/// A method's name; any that HTTP does not define share one.
pub fn method_label(method: &str) -> &'static str {
    const KNOWN: [&str; 7] = ["GET", "POST", "PATCH", "PUT", "DELETE", "HEAD", "OPTIONS"];
    KNOWN
        .into_iter()
        .find(|known| *known == method)
        .unwrap_or("OTHER")
}

#[cfg(test)]
mod tests {
    use super::{AnswerOutcome, Metrics, method_label};
    use shared::webhook::DeliveryFailure;
    use std::time::Duration;

    #[test]
    fn what_was_counted_is_told() {
        let metrics = Metrics::default();
        metrics.request("widget", "POST", 200, Duration::from_millis(7));
        metrics.request("widget", "POST", 200, Duration::from_millis(70));
        metrics.message("user");
        metrics.answer(AnswerOutcome::Fallback);
        metrics.webhook(None);
        metrics.webhook(Some(DeliveryFailure::Timeout));
        let text = metrics.render(3).unwrap();
        for line in [
            "parlance_http_requests_total{surface=\"widget\",method=\"POST\",status=\"200\"} 2",
            "parlance_http_request_duration_seconds_bucket{le=\"0.01\",surface=\"widget\"} 1",
            "parlance_messages_total{role=\"user\"} 1",
            "parlance_answers_total{outcome=\"fallback\"} 1",
            "parlance_webhook_tries_total{outcome=\"delivered\"} 1",
            "parlance_webhook_tries_total{outcome=\"timeout\"} 1",
            "parlance_live_streams 3",
            "# EOF",
        ] {
            assert!(text.contains(line), "{line} in\n{text}");
        }
    }

    #[test]
    fn a_made_up_method_makes_no_series_of_its_own() {
        assert_eq!(method_label("PATCH"), "PATCH");
        assert_eq!(method_label("BREW"), "OTHER");
    }
}
