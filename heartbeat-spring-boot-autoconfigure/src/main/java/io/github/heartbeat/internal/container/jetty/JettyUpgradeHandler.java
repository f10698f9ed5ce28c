package io.github.heartbeat.internal.container.jetty;

import org.eclipse.jetty.client.HttpUpgrader;
import org.eclipse.jetty.client.Response;
import org.eclipse.jetty.client.Result;
import org.eclipse.jetty.client.UpgradeProtocolHandler;
import org.eclipse.jetty.websocket.core.client.CoreClientUpgradeRequest;

/**
 * Handles a 101 as Jetty does, with a {@link JettyCompression} if extensions were
 * offered. Only this handler sees the headers of a 101 before Jetty initializes the
 * extensions.
 */
final class JettyUpgradeHandler extends UpgradeProtocolHandler {

	@Override
	public Response.Listener getResponseListener() {
		Response.Listener upgrading = super.getResponseListener();
		return new Response.Listener() {

			@Override
			public void onComplete(Result result) {
				Object attribute = result.getRequest().getAttributes().get(HttpUpgrader.Factory.class.getName());
				if (attribute instanceof CoreClientUpgradeRequest upgrade && !upgrade.getExtensions().isEmpty()) {
					JettyCompression.useAnswer(upgrade, result.getResponse());
				}
				upgrading.onComplete(result);
			}

		};
	}

}
