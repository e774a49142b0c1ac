//! Short names for people, and long lists folded.

use std::collections::BTreeMap;

use super::Style;
use super::line::{Line, Lines, Role};

/// How many names of a list are enough to see what it is about.
const USUAL: usize = 5;

/// An ARN without the parts that say where it is, since the text around it
/// does; `cluster/service` for an ECS service; any other name as it is.
pub(in crate::report) fn short(subject: &str) -> &str {
    let mut parts = subject.splitn(6, ':');
    match (parts.next(), parts.nth(4)) {
        (Some("arn"), Some(resource)) => resource.strip_prefix("service/").unwrap_or(resource),
        _ => subject,
    }
}

/// Whether the name is that of an ECS service.
pub(in crate::report) fn is_service(subject: &str) -> bool {
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
    let style = lines.style;
    let shown = style.shown(USUAL, clusters.len());
    let mut folded = false;
    for (index, (cluster, names)) in clusters.iter().take(shown).enumerate() {
        let line = lines.add(indent);
        folded |= show_cluster(cluster, names, style, line);
        if folded && index + 1 == clusters.len() {
            line.text(Role::Dim, " (-v shows all)");
        }
    }
    let hidden: usize = clusters.values().skip(shown).map(Vec::len).sum();
    if hidden > 0 {
        show_more(&format!("and {hidden} more in {} clusters", clusters.len() - shown), indent, lines);
    }
}

/// Says that something was folded, and how to see it.
pub(super) fn show_more(what: &str, indent: usize, lines: &mut Lines) {
    lines.add(indent).text(Role::Dim, &format!("… {what} (-v shows all)"));
}

/// A cluster's services in one line. Says whether some of them were folded.
fn show_cluster(cluster: &str, names: &[&str], style: Style, line: &mut Line) -> bool {
    let shown = style.shown(USUAL, names.len());
    if !cluster.is_empty() {
        line.plain(cluster).plain(": ");
    }
    line.plain(&names[..shown].join(", "));
    let hidden = names.len() - shown;
    if hidden > 0 {
        line.text(Role::Dim, &format!(" … and {hidden} more"));
    }
    hidden > 0
}

/// `a`, `a and b`, `a, b and c`.
pub(in crate::report) fn listed(names: &[impl AsRef<str>]) -> String {
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
        let shown = |names: &[&str]| {
            let mut lines = Lines::new(Style::default());
            show_folded(names, 0, &mut lines);
            lines.finish()
        };
        let names = ["a", "b", "c", "d", "e", "f", "g"];
        assert_eq!(shown(&names[..6]), "a, b, c, d, e, f\n");
        assert_eq!(shown(&names), "a, b, c, d, e … and 2 more (-v shows all)\n");
    }
}
