//! The form of a page on disk, and how one is recognised.
//!
//! A page that was not written by this run, not at this place of its stream or
//! not like this is refused; nothing here opens or moves a file.

/// Bytes of a page on disk.
pub(super) const PAGE: usize = 4096;
/// Bytes that a page holds: 203 fingerprints with their ids, or 1015 ids.
pub(super) const PAYLOAD: usize = PAGE - HEADER;
/// Pages that are written together.
pub(super) const PAGES: usize = 16;
/// Bytes that stand in memory before they are written.
pub(super) const EXTENT: usize = PAGES * PAYLOAD;

const MAGIC: [u8; 8] = *b"MTSPILL1";
const CHECKSUM_AT: usize = MAGIC.len();
/// The checksum is of all that follows it.
const NONCE_AT: usize = CHECKSUM_AT + size_of::<u32>();
const STREAM_AT: usize = NONCE_AT + size_of::<u64>();
const NUMBER_AT: usize = STREAM_AT + size_of::<u64>();
const LEN_AT: usize = NUMBER_AT + size_of::<u32>();
/// Where the bytes begin.
pub(super) const HEADER: usize = LEN_AT + size_of::<u32>();

const _: () = assert!(PAYLOAD.is_multiple_of(20) && PAYLOAD.is_multiple_of(4));

/// Which page it is: of which run of the tool, of which stream, and where in that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Name {
    pub(super) nonce: u64,
    pub(super) stream: u64,
    pub(super) number: u32,
}

/// Makes `page`, [`PAGE`] bytes, of `payload`, at most [`PAYLOAD`] bytes.
pub(super) fn seal(page: &mut [u8], name: Name, payload: &[u8]) {
    page[..CHECKSUM_AT].copy_from_slice(&MAGIC);
    page[NONCE_AT..STREAM_AT].copy_from_slice(&name.nonce.to_le_bytes());
    page[STREAM_AT..NUMBER_AT].copy_from_slice(&name.stream.to_le_bytes());
    page[NUMBER_AT..LEN_AT].copy_from_slice(&name.number.to_le_bytes());
    page[LEN_AT..HEADER].copy_from_slice(&(payload.len() as u32).to_le_bytes());
    page[HEADER..][..payload.len()].copy_from_slice(payload);
    page[HEADER + payload.len()..].fill(0);
    let checksum = crc32fast::hash(&page[NONCE_AT..]).to_le_bytes();
    page[CHECKSUM_AT..NONCE_AT].copy_from_slice(&checksum);
}

/// How many bytes the page holds, if it is the page of that name and whole.
pub(super) fn check(page: &[u8], name: Name) -> Option<usize> {
    let checksum = crc32fast::hash(page.get(NONCE_AT..PAGE)?);
    let is_it = page[..CHECKSUM_AT] == MAGIC
        && page[CHECKSUM_AT..NONCE_AT] == checksum.to_le_bytes()
        && page[NONCE_AT..STREAM_AT] == name.nonce.to_le_bytes()
        && page[STREAM_AT..NUMBER_AT] == name.stream.to_le_bytes()
        && page[NUMBER_AT..LEN_AT] == name.number.to_le_bytes();
    let len = u32::from_le_bytes(page[LEN_AT..HEADER].try_into().ok()?) as usize;
    (is_it && len <= PAYLOAD).then_some(len)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_flipped_bit_and_every_other_name_is_seen() {
        let name = Name { nonce: 3, stream: 5, number: 7 };
        let mut page = vec![0xaa; PAGE];
        seal(&mut page, name, b"what is kept");
        assert_eq!(check(&page, name), Some(12));
        assert_eq!(&page[HEADER..][..12], b"what is kept");
        for other in [Name { nonce: 4, ..name }, Name { stream: 4, ..name }, Name { number: 4, ..name }] {
            assert_eq!(check(&page, other), None);
        }
        for bit in 0..PAGE * 8 {
            page[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(check(&page, name), None, "bit {bit}");
            page[bit / 8] ^= 1 << (bit % 8);
        }
        assert_eq!(check(&page[..PAGE - 1], name), None);
    }
}
