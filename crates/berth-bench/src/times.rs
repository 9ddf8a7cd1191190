//! From single times to what is said of them.

use std::time::Duration;

use serde_json::{Value, json};

/// How long the same thing took, time after time, in microseconds.
#[derive(Debug, Default)]
pub(crate) struct Times(Vec<u64>);

impl Times {
    pub(crate) fn add(&mut self, took: Duration) {
        self.0.push(u64::try_from(took.as_micros()).unwrap_or(u64::MAX));
    }

    /// The middle, the slowest but one in a hundred, and the slowest.
    pub(crate) fn json(mut self) -> Value {
        self.0.sort_unstable();
        json!({
            "runs": self.0.len(),
            "p50_us": self.at(50),
            "p99_us": self.at(99),
            "max_us": self.0.last(),
        })
    }

    /// The smallest value that at least `percent` of all are not above.
    fn at(&self, percent: usize) -> Option<u64> {
        let rank = (self.0.len() * percent).div_ceil(100).max(1);
        self.0.get(rank - 1).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_values_that_were_measured() {
        let mut times = Times::default();
        for number in (1..=200).rev() {
            times.add(Duration::from_micros(number));
        }

        let said = times.json();

        assert_eq!((&said["p50_us"], &said["p99_us"]), (&json!(100), &json!(198)));
        assert_eq!((&said["max_us"], &said["runs"]), (&json!(200), &json!(200)));
        assert_eq!(Times::default().json()["p50_us"], Value::Null);
    }
}
