//! Short names for people, and long lists folded.

use std::collections::BTreeMap;

use super::Style;
use super::line::Lines;

/// How many names of a list are enough to see what it is about.
const USUAL: usize = 5;

/// An ARN without the parts that say where it is, since the text around it
/// does; `cluster/service` for an ECS service; any other name as it is.
pub(super) fn short(subject: &str) -> &str {
    let mut parts = subject.splitn(6, ':');
    match (parts.next(), parts.nth(4)) {
        (Some("arn"), Some(resource)) => resource.strip_prefix("service/").unwrap_or(resource),
        _ => subject,
    }
}

/// Whether the name is that of an ECS service.
pub(super) fn is_service(subject: &str) -> bool {
    subject.starts_with("arn:") && subject.contains(":ecs:") && subject.contains(":service/")
}

/// The names, by cluster where they are services that have one, a few of each.
pub(super) fn show_folded(subjects: &[&str], indent: usize, lines: &mut Lines) {
    let mut clusters: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for subject in subjects {
        let (cluster, name) = match short(subject).split_once('/') {
            Some((cluster, name)) if is_service(subject) => (cluster, name),
            _ => ("", short(subject)),
        };
        clusters.entry(cluster).or_default().push(name);
    }
    let shown = lines.style.shown(USUAL, clusters.len());
    for (cluster, names) in clusters.iter().take(shown) {
        let prefix = if cluster.is_empty() { String::new() } else { format!("{cluster}: ") };
        let text = format!("{prefix}{}", folded(names, lines.style));
        lines.add(indent).plain(&text);
    }
    let hidden: usize = clusters.values().skip(shown).map(Vec::len).sum();
    if hidden > 0 {
        let text = format!("… and {hidden} more in {} clusters (-v shows all)", clusters.len() - shown);
        lines.add(indent).plain(&text);
    }
}

fn folded(names: &[&str], style: Style) -> String {
    let shown = style.shown(USUAL, names.len());
    let text = names[..shown].join(", ");
    match names.len() - shown {
        0 => text,
        hidden => format!("{text} … and {hidden} more (-v shows all)"),
    }
}

/// `a`, `a and b`, `a, b and c`.
pub(super) fn listed(names: &[impl AsRef<str>]) -> String {
    let names: Vec<&str> = names.iter().map(AsRef::as_ref).collect();
    match names.as_slice() {
        [] => String::new(),
        [only] => (*only).to_owned(),
        [init @ .., last] => format!("{} and {last}", init.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subject_is_named_as_people_name_it() {
        for (subject, name) in [
            ("arn:aws:ecs:us-east-1:111111111111:service/prod/web", "prod/web"),
            ("arn:aws:ecs:us-east-1:111111111111:service/web", "web"),
            ("arn:aws:sns:us-east-1:111111111111:foghorn-deploys", "foghorn-deploys"),
            ("arn:aws:events:us-east-1:111111111111:rule/foghorn-deploys", "rule/foghorn-deploys"),
            ("arn:aws:cloudwatch:us-east-1:111111111111:alarm:one", "alarm:one"),
            ("T0123-C0123", "T0123-C0123"),
        ] {
            assert_eq!(short(subject), name);
        }
    }

    #[test]
    fn nothing_is_folded_to_hide_a_single_name() {
        let names = ["a", "b", "c", "d", "e", "f", "g"];
        assert_eq!(folded(&names[..6], Style::default()), "a, b, c, d, e, f");
        assert_eq!(folded(&names, Style::default()), "a, b, c, d, e … and 2 more (-v shows all)");
    }
}
