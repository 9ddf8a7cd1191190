//! What happened to an operation, line by line.

use berth_engine::view::EventView;
use serde_json::Value;

/// A line.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) id: i64,
    /// `14:30:41`, in universal time.
    pub(super) at: String,
    pub(super) text: String,
    /// `err`, or nothing.
    pub(super) level: &'static str,
}

impl Line {
    /// `None`: it says nothing to anybody.
    pub(super) fn of(event: &EventView) -> Option<Self> {
        let of = |key: &str| event.data.get(key).and_then(Value::as_str);
        let mut level = "";
        let text = match event.kind.as_str() {
            "log" => of("text")?.to_owned(),
            "state" => match of("error") {
                Some(error) => format!("operation {}: {error}", of("state")?),
                None => format!("operation {}", of("state")?),
            },
            "step" => {
                let record = of("record")?.replace('_', " ");
                let step = of("step").map(|step| format!("{step}: ")).unwrap_or_default();
                let attempt = event.data.get("attempt").and_then(Value::as_u64).unwrap_or(1);
                let attempt = if attempt > 1 { format!(", try {attempt}") } else { String::new() };
                match of("error") {
                    Some(error) => {
                        level = "err";
                        let detail = of("detail").map(|text| format!("; {text}"));
                        format!("{step}{record}{attempt}: {error}{}", detail.unwrap_or_default())
                    }
                    None => format!("{step}{record}{attempt}"),
                }
            }
            _ => return None,
        };
        let at = event.at.strftime("%H:%M:%S").to_string();
        Some(Self { id: event.id, at, text, level })
    }
}

#[cfg(test)]
mod tests {
    use berth_domain::Timestamp;
    use serde_json::json;

    use super::*;

    fn text(kind: &str, data: Value) -> Option<(String, &'static str)> {
        let at = Timestamp::from_second(1_800_000_000).unwrap();
        let event = EventView { id: 1, at, operation: None, kind: kind.to_owned(), data };
        Line::of(&event).map(|line| (line.text, line.level))
    }

    #[test]
    fn a_line_says_what_happened() {
        assert_eq!(
            text("state", json!({"state": "running"})),
            Some(("operation running".to_owned(), ""))
        );
        assert_eq!(
            text("step", json!({"step": "files", "record": "started", "attempt": 2})),
            Some(("files: started, try 2".to_owned(), ""))
        );
        assert_eq!(
            text(
                "step",
                json!({"step": "files", "record": "undo_failed", "attempt": 1, "error": "no space"})
            ),
            Some(("files: undo failed: no space".to_owned(), "err"))
        );
        assert_eq!(text("log", json!({"text": "loading"})), Some(("loading".to_owned(), "")));
        assert_eq!(text("asked", json!({})), None);
    }
}
