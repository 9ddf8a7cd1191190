use proptest::prelude::*;

use super::*;

const INFO: &str = "2026-05-04 10:00:00,123 7 INFO t_1 odoo.service.server: ready";
const ERROR: &str = "2026-05-04 10:00:00,123 9 ERROR t_1 odoo.http: Exception during request";
const TRACE: &str = "Traceback (most recent call last):";
const FRAME: &str = "  File \"/opt/odoo/http.py\", line 1, in x";
const END: &str = "KeyError: 'sale'";

fn line(voice: Voice, second: i64, text: &str) -> Kept {
    let at = Timestamp::from_second(1_777_888_800 + second).unwrap();
    Kept { at, voice, run: logs::Run::default(), text: text.to_owned() }
}

fn gather(search: &str, lines: &[(Voice, i64, &str)]) -> Vec<Entry> {
    let mut entries = Entries::new(search);
    let mut whole = Vec::new();
    for (voice, second, text) in lines {
        whole.extend(entries.push(line(*voice, *second, text)));
    }
    whole.extend(entries.finish());
    assert!(!entries.is_open());
    whole
}

/// `[level] source logger: text (what is behind)`
fn told(entries: &[Entry]) -> Vec<String> {
    let text = |pieces: &[Piece]| {
        let piece = |piece: &Piece| {
            if piece.is_hit { format!("<{}>", piece.text) } else { piece.text.clone() }
        };
        pieces.iter().map(piece).collect::<String>()
    };
    let one = |entry: &Entry| {
        let behind = entry.rest.as_ref().map(|(label, lines)| {
            let ends = lines.iter().filter(|line| line.is_end).map(|line| text(&line.text));
            format!(" ({label}; {})", ends.collect::<String>())
        });
        let mark = if entry.is_mark { "-- " } else { "" };
        format!(
            "{mark}[{}{}] {} {}: {}{}",
            entry.level,
            entry.class,
            entry.source,
            entry.logger,
            text(&entry.text),
            behind.unwrap_or_default()
        )
    };
    entries.iter().map(one).collect()
}

#[test]
fn a_message_and_its_traceback_are_one_entry() {
    use Voice::Error as E;
    let lines = [
        (E, 0, INFO),
        (E, 1, ERROR),
        (E, 1, TRACE),
        (E, 1, FRAME),
        (E, 1, FRAME),
        (E, 1, END),
        (E, 2, INFO),
    ];

    assert_eq!(
        told(&gather("", &lines)),
        [
            "[INFO] pid 7 odoo.service.server: ready",
            "[ERRORerr] pid 9 odoo.http: Exception during request (2 frames; KeyError: 'sale')",
            "[INFO] pid 7 odoo.service.server: ready",
        ]
    );
}

#[test]
fn what_is_said_elsewhere_does_not_tear_a_traceback_apart() {
    use Voice::{Error as E, Out as O};
    let lines = [(E, 0, ERROR), (E, 0, TRACE), (O, 0, "printed"), (O, 0, "and more"), (E, 0, END)];

    assert_eq!(
        told(&gather("", &lines)),
        [
            "[] stdout : printed",
            "[] stdout : and more",
            "[ERRORerr] pid 9 odoo.http: Exception during request (2 lines; KeyError: 'sale')",
        ]
    );
}

#[test]
fn a_traceback_without_a_message_is_an_error() {
    use Voice::Error as E;

    assert_eq!(
        told(&gather("", &[(E, 0, "odd"), (E, 0, TRACE), (E, 0, FRAME), (E, 0, END)])),
        [
            "[] stderr : odd",
            "[ERRORerr] stderr : Traceback (most recent call last): (1 frame; KeyError: 'sale')"
        ]
    );
}

#[test]
fn what_berth_says_and_another_day_stand_between_the_entries() {
    use Voice::{Berth as B, Error as E};
    let lines = [(E, 0, INFO), (B, 1, "some lines are missing"), (E, 86_400, INFO)];

    assert_eq!(
        told(&gather("", &lines)),
        [
            "[INFO] pid 7 odoo.service.server: ready",
            "-- []  : some lines are missing",
            "-- []  : 5 May 2026",
            "[INFO] pid 7 odoo.service.server: ready",
        ]
    );
}

#[test]
fn what_was_searched_for_is_marked_wherever_it_stands() {
    use Voice::Error as E;

    assert_eq!(
        told(&gather("KEY", &[(E, 0, ERROR), (E, 0, TRACE), (E, 0, "KeyError: key")])),
        ["[ERRORerr] pid 9 odoo.http: Exception during request (2 lines; <Key>Error: <key>)"]
    );
}

#[test]
fn a_traceback_without_an_end_is_cut_and_goes_on() {
    let lines: Vec<_> = std::iter::once(TRACE)
        .chain((0..2 * LONGEST).map(|_| FRAME))
        .map(|text| (Voice::Error, 0, text))
        .collect();

    let entries = gather("", &lines);

    let kept: usize =
        entries.iter().map(|it| 1 + it.rest.as_ref().map_or(0, |(_, rest)| rest.len())).sum();
    assert_eq!(kept, lines.len());
    assert!(
        entries.iter().all(|it| it.rest.as_ref().is_none_or(|(_, rest)| rest.len() <= LONGEST))
    );
}

proptest! {
    #[test]
    fn no_line_is_lost_and_none_is_there_twice(
        picks in prop::collection::vec((0_usize..3, 0_usize..5), 0..40),
    ) {
        let voices = [Voice::Out, Voice::Error, Voice::Berth];
        let texts = [INFO, ERROR, TRACE, FRAME, "plain"];
        let lines: Vec<_> = picks.iter().map(|(voice, text)| (voices[*voice], 0, texts[*text])).collect();

        let entries = gather("", &lines);

        let kept: usize = entries.iter().map(|it| 1 + it.rest.as_ref().map_or(0, |(_, rest)| rest.len())).sum();
        prop_assert_eq!(kept, lines.len());
    }

    #[test]
    fn whatever_is_searched_for_the_text_stays_the_same(text in "\\PC{0,40}", search in "\\PC{0,4}") {
        let pieces = Entries::new(&search).pieces(&text);

        let whole: String = pieces.iter().map(|piece| piece.text.as_str()).collect();
        prop_assert_eq!(whole, text);
    }
}
