//! A page that is never longer than it may be.

/// What is kept for the note at the end.
const RESERVE: usize = 400;

/// A part of a page that can be cut short between its items.
pub(super) struct Part {
    /// What stands before the items; nothing of the part is shown without any.
    pub(super) head: String,
    /// The items, most important first.
    pub(super) items: Vec<String>,
    /// What stands after them.
    pub(super) tail: String,
    /// What is said of so many items that were left out, in place of them.
    pub(super) more: fn(usize) -> String,
}

/// A page in the making.
pub(super) struct Page {
    text: String,
    most: usize,
    folded: bool,
}

impl Page {
    /// An empty page of at most so many bytes.
    pub(super) fn new(most: usize) -> Self {
        Self { text: String::new(), most, folded: false }
    }

    /// Adds a text, if there is room.
    pub(super) fn say(&mut self, text: &str) {
        if text.len() <= self.room() {
            self.text.push_str(text);
        } else {
            self.folded = true;
        }
    }

    /// Adds a part that takes at most so many hundredths of the page, or of
    /// what is left of it.
    pub(super) fn list(&mut self, share: usize, part: Part) {
        let Part { head, items, tail, more } = part;
        let frame = head.len() + tail.len() + more(items.len()).len();
        let allowed = self.room().min(self.most / 100 * share).saturating_sub(frame);
        let mut used = 0;
        let fits = |item: &&String| {
            used += item.len();
            used <= allowed
        };
        let shown = items.iter().take_while(fits).count();
        let hidden = items.len() - shown;
        self.folded |= hidden > 0;
        if items.is_empty() || frame > self.room() {
            return;
        }
        self.text.push_str(&head);
        items[..shown].iter().for_each(|item| self.text.push_str(item));
        if hidden > 0 {
            self.text.push_str(&more(hidden));
        }
        self.text.push_str(&tail);
    }

    /// The page.
    pub(super) fn finish(mut self) -> String {
        if self.folded {
            let note = format!(
                "\n*Folded to fit into {} bytes. The same command with `-o html` or `-o json` shows all of it.*\n",
                self.most
            );
            self.text.push_str(&note);
        }
        self.text
    }

    fn room(&self) -> usize {
        self.most.saturating_sub(self.text.len() + RESERVE)
    }
}
