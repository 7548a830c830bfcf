

def post_worker_init(worker):
    """uvicorn closes connections whose request it has not read yet; a worker that starts anew shall read them first."""
    import asyncio

    from uvicorn.server import Server

    shutdown = Server.shutdown

    async def read_and_shut_down(server, sockets=None):
        for listener in server.servers:
            listener.close()
        await asyncio.sleep(0.2)
        await shutdown(server, sockets)

    Server.shutdown = read_and_shut_down
