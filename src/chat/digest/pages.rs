//! Groups of lines laid out on messages, by whole lines.

use crate::model::number::thousands;

use super::story::{Group, Line, Span};

/// What a room's message has room for, in its own units.
#[derive(Clone, Copy)]
pub(super) struct Shape {
    /// For all groups of a message.
    pub page: usize,
    /// For one group.
    pub group: usize,
    /// How many groups a message takes.
    pub groups: usize,
    /// What is around a group.
    pub around: usize,
    /// What a line takes up, with what is around it.
    pub cost: fn(&Line) -> usize,
}

/// The longest note of what is left out takes up no more than this many
/// characters, so that four times as many units are kept for it.
const NOTE: usize = 400;

/// The groups on so many messages at most. `what` names those that are left
/// out, `account` say. There is no message without a group.
pub(super) fn pages(groups: &[Group], shape: Shape, most: usize, what: &str) -> Vec<Vec<Group>> {
    let mut pages: Vec<Vec<Group>> = Vec::new();
    let (mut page, mut left) = (Vec::new(), shape.room());
    for (index, group) in groups.iter().enumerate() {
        let mut shown = 0;
        for chunk in shape.chunks(group, left) {
            let cost = shape.group_cost(&chunk);
            if (cost > left && !page.is_empty()) || page.len() + 1 >= shape.groups {
                if pages.len() + 1 >= most {
                    page.push(note(hidden(groups, index, shown), what));
                    pages.push(page);
                    return pages;
                }
                pages.push(std::mem::take(&mut page));
                left = shape.room();
            }
            left = left.saturating_sub(cost);
            shown += chunk.lines.len();
            page.push(chunk);
        }
    }
    pages.extend((!page.is_empty()).then_some(page));
    pages
}

/// As many lines, from the first on, as there is room for.
pub(super) fn first_lines(lines: &[Line], room: usize, cost: fn(&Line) -> usize) -> &[Line] {
    let mut left = room;
    let fits = |line: &&Line| {
        let cost = cost(line);
        let fits = cost <= left;
        left = left.saturating_sub(cost);
        fits
    };
    let shown = lines.iter().take_while(fits).count();
    lines.get(..shown).unwrap_or_default()
}

/// How many things are left out from this group on, of which so many lines are
/// shown.
fn hidden(groups: &[Group], index: usize, shown: usize) -> usize {
    let things = |group: &Group| if group.is_list { group.lines.len() } else { 1 };
    let all: usize = groups.iter().skip(index).map(things).sum();
    all - groups.get(index).filter(|group| group.is_list).map_or(0, |_| shown)
}

/// `… and 37 more accounts`.
fn note(hidden: usize, what: &str) -> Group {
    let noun = if hidden == 1 { what.to_owned() } else { format!("{what}s") };
    let text = format!("… and {} more {noun}: the report of the run has them all", thousands(hidden));
    let head = Line { beneath: false, spans: vec![Span::Plain(text)] };
    Group { is_list: false, head, lines: Vec::new() }
}

impl Shape {
    /// A message's room, less the note of what is left out.
    fn room(&self) -> usize {
        self.page.saturating_sub(NOTE + self.around)
    }

    fn group_cost(&self, group: &Group) -> usize {
        self.around + (self.cost)(&group.head) + group.lines.iter().map(self.cost).sum::<usize>()
    }

    /// The group in parts that keep the limit of one, each with the head. The
    /// first one is made for the room that is left, if a line fits there.
    fn chunks(&self, group: &Group, left: usize) -> Vec<Group> {
        let largest = self.group.min(self.room());
        let head = self.fitting(&group.head, largest / 2);
        let empty = |head: &Line| Group { is_list: group.is_list, head: head.clone(), lines: Vec::new() };
        let (mut chunks, mut chunk) = (Vec::new(), empty(&head));
        let mut spent = self.group_cost(&chunk);
        let room_for_line = largest.saturating_sub(spent);
        let first = group.lines.first().map_or(0, |line| (self.cost)(&self.fitting(line, room_for_line)));
        let mut most = if spent + first <= left { largest.min(left) } else { largest };
        for line in &group.lines {
            let line = self.fitting(line, room_for_line);
            let cost = (self.cost)(&line);
            if spent + cost > most && !chunk.lines.is_empty() {
                chunks.push(std::mem::replace(&mut chunk, empty(&head)));
                spent = self.group_cost(&chunk);
                most = largest;
            }
            spent += cost;
            chunk.lines.push(line);
        }
        chunks.push(chunk);
        chunks
    }

    /// The line, or as much of it as there is room for.
    fn fitting(&self, line: &Line, most: usize) -> Line {
        if (self.cost)(line) <= most { line.clone() } else { line.shortened() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn group(lines: usize, is_list: bool) -> Group {
        let line = |number: usize| Line::plain(&format!("line {number}"));
        Group { is_list, head: Line::plain("head"), lines: (0..lines).map(line).collect() }
    }

    fn shape(page: usize) -> Shape {
        Shape { page, group: 200, groups: 50, around: 10, cost: |line| line.text().len() }
    }

    /// How many lines are shown, and how many things are said to be left out.
    fn told(groups: &[Group], page: usize, most: usize) -> (usize, usize) {
        let pages = pages(groups, shape(page), most, "account");
        assert!(pages.len() <= most && pages.iter().all(|page| !page.is_empty()));
        let shown = pages.iter().flatten().map(|group| group.lines.len()).sum();
        let last =
            pages.last().and_then(|page| page.last()).map(|group| group.head.text()).unwrap_or_default();
        let hidden = last.strip_prefix("… and ").and_then(|rest| rest.split(' ').next()?.parse().ok());
        (shown, hidden.unwrap_or(0))
    }

    #[test]
    fn of_a_list_every_line_is_shown_or_counted() {
        for page in [420, 500, 700, 1500, 9000] {
            for most in 1..4 {
                let (shown, hidden) = told(&[group(0, false), group(120, true)], page, most);
                assert!(
                    shown + hidden == 120 || (shown, hidden) == (0, 121),
                    "{page} {most}: {shown} {hidden}"
                );
            }
        }
    }

    #[test]
    fn of_groups_every_one_is_shown_or_counted() {
        let groups: Vec<Group> = (0..40).map(|_| group(3, false)).collect();
        for page in [500, 700, 1500] {
            let (shown, hidden) = told(&groups, page, 1);
            assert_eq!(shown / 3 + hidden, 40, "{page}");
        }
        assert_eq!(told(&groups, 9000, 1), (120, 0));
    }

    #[test]
    fn a_line_that_fits_nowhere_is_shortened_and_not_left_out() {
        let long = Group { lines: vec![Line::plain(&"long ".repeat(200))], ..group(0, false) };
        let pages = pages(&[long], shape(9000), 1, "account");
        assert!(pages[0][0].lines[0].text().len() < 200, "{pages:?}");
    }
}
