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
    let chunks: Vec<(usize, Group)> = groups
        .iter()
        .enumerate()
        .flat_map(|(index, group)| shape.chunks(group).into_iter().map(move |chunk| (index, chunk)))
        .collect();
    let mut pages: Vec<Vec<Group>> = Vec::new();
    let (mut page, mut left) = (Vec::new(), shape.room());
    for (index, chunk) in &chunks {
        let cost = shape.group_cost(chunk);
        if (cost > left && !page.is_empty()) || page.len() + 1 >= shape.groups {
            if pages.len() + 1 >= most {
                page.push(note(groups.len() - index, what));
                break;
            }
            pages.push(std::mem::take(&mut page));
            left = shape.room();
        }
        left = left.saturating_sub(cost);
        page.push(chunk.clone());
    }
    pages.extend((!page.is_empty()).then_some(page));
    pages
}

/// `… and 37 more accounts`.
fn note(hidden: usize, what: &str) -> Group {
    let noun = if hidden == 1 { what.to_owned() } else { format!("{what}s") };
    let text = format!("… and {} more {noun}: the report of the run has them all", thousands(hidden));
    Group { head: Line { beneath: false, spans: vec![Span::Plain(text)] }, lines: Vec::new() }
}

impl Shape {
    /// A message's room, less the note of what is left out.
    fn room(&self) -> usize {
        self.page.saturating_sub(NOTE + self.around)
    }

    fn group_cost(&self, group: &Group) -> usize {
        self.around + (self.cost)(&group.head) + group.lines.iter().map(self.cost).sum::<usize>()
    }

    /// The group in parts that keep the limit of one, each with the head.
    fn chunks(&self, group: &Group) -> Vec<Group> {
        let most = self.group.min(self.room());
        let head = self.fitting(&group.head, most / 2);
        let empty = |head: &Line| Group { head: head.clone(), lines: Vec::new() };
        let (mut chunks, mut chunk) = (Vec::new(), empty(&head));
        let mut spent = self.group_cost(&chunk);
        for line in &group.lines {
            let line = self.fitting(line, most.saturating_sub(self.around + (self.cost)(&head)));
            let cost = (self.cost)(&line);
            if spent + cost > most && !chunk.lines.is_empty() {
                chunks.push(std::mem::replace(&mut chunk, empty(&head)));
                spent = self.group_cost(&chunk);
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
