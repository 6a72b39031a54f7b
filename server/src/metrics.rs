//! What this process has done since its start, counted for `/metrics`.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Mutex, PoisonError};

/// A counter's name and labels, as they are shown.
type Label = (&'static str, String);

/// The counters. Their labels are words of ours, so there is an end to them.
#[derive(Debug, Default)]
pub struct Metrics(Mutex<BTreeMap<Label, u64>>);

impl Metrics {
    /// A request was answered.
    pub fn request(&self, method: &str, route: &str, status: u16) {
        let labels = format!(r#"method="{method}",route="{route}",status="{status}""#);
        self.add("softbell_requests_total", labels, 1);
    }

    /// A try of a send ended: `sent`, `gone`, `failed`, or `queued` for another one.
    pub fn send(&self, state: &str) {
        self.add("softbell_sends_total", format!(r#"outcome="{state}""#), 1);
    }

    /// A batch of reports was taken in.
    pub fn reports(&self, stored: usize, duplicates: usize, dropped: usize) {
        for (outcome, count) in [("stored", stored), ("duplicate", duplicates), ("dropped", dropped)] {
            self.add("softbell_reports_total", format!(r#"outcome="{outcome}""#), count as u64);
        }
    }

    /// All counters in the text format of Prometheus.
    #[must_use]
    pub fn text(&self) -> String {
        let counters = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Writing to a string cannot fail.
        let mut text = String::new();
        let mut last = "";
        for ((name, labels), count) in &*counters {
            if *name != last {
                let _ = writeln!(text, "# TYPE {name} counter");
                last = name;
            }
            let _ = writeln!(text, "{name}{{{labels}}} {count}");
        }
        text
    }

    fn add(&self, name: &'static str, labels: String, count: u64) {
        let mut counters = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *counters.entry((name, labels)).or_default() += count;
    }
}
