// Tells systemd (Type=notify) that the node is ready or stopping: one datagram to $NOTIFY_SOCKET, no library.
#pragma once

#include <string_view>

namespace weft::app {

// "READY=1", "STOPPING=1". Nothing happens without systemd; a lost message is not worth a failure.
void Notify(std::string_view state);

}  // namespace weft::app
