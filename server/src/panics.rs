//! What a panic said, and panics that are told of elsewhere.

use std::{
    any::Any,
    cell::{Cell, RefCell},
    panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind, set_hook, take_hook},
    sync::Once,
};

thread_local! {
    /// A panic of this thread is told of by whoever catches it.
    static QUIET: Cell<bool> = const { Cell::new(false) };
    /// Where this thread panicked last, as far as that was noted.
    static PLACE: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Where a panic came from, noted for whoever catches it.
pub(crate) fn note_place(panic: &PanicHookInfo<'_>) -> String {
    let place = panic.location().map(ToString::to_string).unwrap_or_default();
    PLACE.set(place.clone());
    place
}

/// Where this thread panicked last, if this program's own log notes that.
pub(crate) fn last_place() -> Option<String> {
    PLACE.with_borrow(|place| (!place.is_empty()).then(|| place.clone()))
}

/// Calls what may panic, and gives what the panic said, which goes nowhere else.
pub(crate) fn quietly<T>(act: impl FnOnce() -> T) -> Result<T, String> {
    static HOOKED: Once = Once::new();
    HOOKED.call_once(|| {
        let before = take_hook();
        set_hook(Box::new(move |info| {
            if !QUIET.get() {
                before(info);
            }
        }));
    });
    QUIET.set(true);
    let done = catch_unwind(AssertUnwindSafe(act));
    QUIET.set(false);
    done.map_err(|panic| text_of(panic.as_ref()).to_owned())
}

/// What a panic said.
pub(crate) fn text_of(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("no reason given")
}
