"""Messages on the console, where no gateway is wanted."""

from clinic.shared.sms.answers import DELIVERED, NOT_KNOWN, Sent


class Console:
    """Prints each message once; everything printed counts as delivered."""

    def lookup(self, *, receptor: str, template: str, tokens: list[str]) -> Sent:
        """See Gateway."""
        print(f"SMS {receptor} [{template}] {' '.join(tokens)}", flush=True)
        return Sent("", DELIVERED)

    def send(self, *, receptor: str, text: str, local_id: str) -> Sent:
        """See Gateway."""
        print(f"SMS {receptor}: {text}", flush=True)
        return Sent(local_id, DELIVERED)

    def status(self, provider_ids: list[str]) -> dict[str, int]:
        """See Gateway."""
        return dict.fromkeys(provider_ids, DELIVERED)

    def status_of_local(self, local_id: str) -> Sent:
        """A console keeps nothing, so it cannot know."""
        return Sent("", NOT_KNOWN)
