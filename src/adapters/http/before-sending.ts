import { DecoratorHandler, type Dispatcher } from 'undici';

/** Calls `admit` when a connection is free and the first byte is about to be sent; when it throws, none is. */
export function askingBeforeSending(admit: () => void): Dispatcher.DispatcherComposeInterceptor {
  return (dispatch) => (options, handler) => {
    const asking: Dispatcher.DispatchHandler = new DecoratorHandler(handler);
    const start = asking.onRequestStart?.bind(asking);
    asking.onRequestStart = (controller, context) => {
      admit();
      start?.(controller, context);
    };
    return dispatch(options, asking);
  };
}
