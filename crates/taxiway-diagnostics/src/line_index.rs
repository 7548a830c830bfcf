//! From byte offsets to lines and columns.

/// The line starts of one text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineIndex {
    starts: Vec<u32>,
    /// Then columns are offsets, however long a line is.
    is_ascii: bool,
}

impl LineIndex {
    /// Indexes `text`; `\n`, `\r\n` and a lone `\r` each end a line.
    pub fn new(text: &str) -> Self {
        let bytes = text.as_bytes();
        let mut starts = vec![0];
        for (offset, byte) in bytes.iter().enumerate() {
            let ends_line =
                *byte == b'\n' || (*byte == b'\r' && bytes.get(offset + 1) != Some(&b'\n'));
            if ends_line {
                starts.push(u32::try_from(offset + 1).unwrap_or(u32::MAX));
            }
        }
        Self {
            starts,
            is_ascii: text.is_ascii(),
        }
    }

    /// The line that holds `offset`, from 1.
    pub fn line(&self, offset: u32) -> u32 {
        let after = self.starts.partition_point(|start| *start <= offset);
        u32::try_from(after).unwrap_or(u32::MAX)
    }

    /// Line and column of `offset` in `text`, both from 1; the column counts UTF-16 code units, as editors and the
    /// official Bicep compiler do.
    pub fn line_column(&self, text: &str, offset: u32) -> (u32, u32) {
        let line = self.line(offset);
        let start = self.starts[line as usize - 1] as usize;
        let end = (offset as usize).min(text.len());
        let units = if self.is_ascii {
            end.saturating_sub(start)
        } else {
            text.get(start..end)
                .map_or(0, |part| part.encode_utf16().count())
        };
        (
            line,
            u32::try_from(units).unwrap_or(u32::MAX).saturating_add(1),
        )
    }

    /// Where line `line` (from 1) starts, if there is such a line.
    pub fn start(&self, line: u32) -> Option<u32> {
        self.starts.get(line.checked_sub(1)? as usize).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_end_at_every_kind_of_line_break() {
        let text = "a\nb\r\nc\rd";
        let index = LineIndex::new(text);
        let found: Vec<_> = (0..8)
            .map(|offset| index.line_column(text, offset))
            .collect();
        assert_eq!(
            found,
            [
                (1, 1),
                (1, 2),
                (2, 1),
                (2, 2),
                (2, 3),
                (3, 1),
                (3, 2),
                (4, 1)
            ]
        );
    }

    #[test]
    fn columns_count_utf16_code_units() {
        let text = "💪x";
        assert_eq!(LineIndex::new(text).line_column(text, 4), (1, 3));
    }
}
